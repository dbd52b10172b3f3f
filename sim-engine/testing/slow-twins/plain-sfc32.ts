// sfc32 in whole numbers without end, cut to 32 bits by a remainder: the slow twin of kernel/rng.ts, streams and their names included.
// Only tests call it.

const WORD = 1n << 32n;
const cut = (value: bigint): bigint => ((value % WORD) + WORD) % WORD;
const shiftedRight = (value: bigint, by: bigint): bigint => cut(value) / (1n << by);
const rotatedLeft = (value: bigint, by: bigint): bigint => cut(value * (1n << by)) | shiftedRight(value, 32n - by);

/** The generator from its four words of state, as PractRand writes it (src/RNGs/sfc.cpp). */
export function plainSfc32(a: bigint, b: bigint, c: bigint, counter: bigint): () => number {
  return () => {
    const out = cut(a + b + counter);
    counter = cut(counter + 1n);
    a = b ^ shiftedRight(b, 9n);
    b = cut(c + c * 8n);
    c = cut(rotatedLeft(c, 21n) + out);
    return Number(out);
  };
}

/** The stream of a name: three words out of seed and name, a counter from 1, and 15 draws thrown away. */
export function plainStream(seed: number, name: string): () => number {
  const low = cut(BigInt(seed));
  const high = cut(BigInt(Math.trunc(seed / 4294967296)));
  let x = 0x9e3779b9n ^ low;
  let y = 0x85ebca6bn ^ high;
  let z = 0xc2b2ae35n ^ BigInt(name.length);
  for (let at = 0; at < name.length; at++) {
    const unit = BigInt(name.charCodeAt(at));
    x = rotatedLeft((x ^ unit) * 0xcc9e2d51n, 15n);
    y = rotatedLeft((y ^ x ^ unit) * 0x1b873593n, 13n);
    z = rotatedLeft((z ^ y ^ unit) * 0xe6546b64n, 17n);
  }
  const draw = plainSfc32(
    scrambled(x ^ rotatedLeft(z, 7n)),
    scrambled(y ^ rotatedLeft(x, 11n)),
    scrambled(z ^ rotatedLeft(y, 19n) ^ low ^ cut(high * 0x27d4eb2fn)),
    1n,
  );
  for (let i = 0; i < 15; i++) draw();
  return draw;
}

/** The finish of MurmurHash3. */
function scrambled(value: bigint): bigint {
  let h = cut(value);
  h = cut((h ^ shiftedRight(h, 16n)) * 0x85ebca6bn);
  h = cut((h ^ shiftedRight(h, 13n)) * 0xc2b2ae35n);
  return h ^ shiftedRight(h, 16n);
}
