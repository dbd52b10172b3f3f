// Computes the number tables of sim-engine/kernel/tables/ with BigInt fixed-point arithmetic and writes them, or with --check
// compares them with what is committed (exit code 1 on any difference). A developer runs it when a table changes shape; the
// product never does. It uses no function of the host's Math, so that every machine writes the same digits.
//
//   node scripts/make-tables.mjs            writes the three files
//   node scripts/make-tables.mjs --check    prints a line per file, writes nothing

import { readFileSync, writeFileSync } from 'node:fs';

// Numbers are whole multiples of 2^-PRECISION. 200 bits leave more than 130 beyond a float64 after every step below.
const PRECISION = 200n;
const ONE = 1n << PRECISION;

const times = (a, b) => (a * b) >> PRECISION;
const over = (a, b) => (a << PRECISION) / b;
const ratio = (a, b) => (BigInt(a) << PRECISION) / BigInt(b);

/** e^x by halving the argument 40 times, a series, and squaring back. */
function exp(x) {
  const HALVINGS = 40n;
  const guarded = x << 60n; // 60 guard bits, because every squaring doubles the error
  const one = ONE << 60n;
  let term = one;
  let sum = one;
  const small = guarded >> HALVINGS;
  for (let i = 1n; term !== 0n && term !== -1n; i++) {
    term = ((term * small) >> (PRECISION + 60n)) / i;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) >> (PRECISION + 60n);
  return sum >> 60n;
}

/** ln x by Newton's method on exp; `x` above 0. */
function ln(x) {
  let y = 0n;
  for (let i = 0; i < 400; i++) {
    const e = exp(y);
    const step = over(2n * (x - e), x + e);
    y += step;
    if (step >= -4n && step <= 4n) return y;
  }
  throw new Error('ln does not settle');
}

function sqrt(x) {
  const radicand = x << PRECISION;
  let root = 1n << (BigInt(radicand.toString(2).length + 1) / 2n);
  for (;;) {
    const next = (root + radicand / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** pi by Machin's formula. */
function pi() {
  const arctanOfInverse = (n) => {
    let power = ONE / n;
    let sum = 0n;
    for (let i = 1n; power !== 0n; i += 2n) {
      sum += (i & 2n) === 0n ? power / i : -power / i;
      power /= n * n;
    }
    return sum;
  };
  return 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));
}

/** The float64 nearest to a fixed-point number, ties to even. */
function toNumber(x) {
  if (x === 0n) return 0;
  const sign = x < 0n ? -1 : 1;
  const magnitude = x < 0n ? -x : x;
  const excess = magnitude.toString(2).length - 53;
  let mantissa = magnitude;
  if (excess > 0) {
    const shift = BigInt(excess);
    const half = 1n << (shift - 1n);
    const rest = magnitude & ((1n << shift) - 1n);
    mantissa = magnitude >> shift;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
  }
  let value = Number(mantissa);
  for (let i = excess > 0 ? excess : 0; i > 0; i--) value *= 2;
  for (let i = 0n; i < PRECISION; i++) value /= 2;
  return sign * value;
}

// --- Ziggurats -------------------------------------------------------------------------------------------------------

const LAYERS = 256;

/**
 * Edges of the layers, outermost first, for a base edge r: edges[1] = r, every layer has the area v = r f(r) + tail(r),
 * edges[0] = v / f(r) makes the base strip a rectangle of that area. `gap` says how far the top misses f(0) = 1.
 */
function layersFrom(r, density, inverse, tail) {
  const v = times(r, density(r)) + tail(r);
  const edges = [over(v, density(r)), r];
  let height = density(r);
  for (let i = 2; i < LAYERS; i++) {
    height += over(v, edges[i - 1]);
    if (height >= ONE) return { gap: height - ONE, edges };
    edges.push(inverse(height));
  }
  edges.push(0n);
  return { gap: height + over(v, edges[LAYERS - 1]) - ONE, edges };
}

/** Bisects for the base edge with which 256 equal areas end exactly at the peak. */
function closeZiggurat(low, high, density, inverse, tail) {
  let a = low;
  let b = high;
  // 75 halvings of an interval of 1/100 leave less than 2^-80, far below the last digit of a float64.
  for (let i = 0; i < 75; i++) {
    const middle = (a + b) >> 1n;
    if (layersFrom(middle, density, inverse, tail).gap > 0n) a = middle;
    else b = middle;
  }
  const { edges } = layersFrom(b, density, inverse, tail);
  while (edges.length <= LAYERS) edges.push(0n);
  return edges;
}

function exponentialZiggurat() {
  const density = (x) => exp(-x);
  return { edges: closeZiggurat(ratio(769, 100), ratio(770, 100), density, (y) => -ln(y), density), density };
}

function normalZiggurat() {
  const density = (x) => exp(-times(x, x) >> 1n);
  const halfOfWhole = sqrt(pi() / 2n);
  // Area right of x: the whole half less the integral from 0, by the series of all-positive terms x^(2n+1) / (1*3*...*(2n+1)).
  const tail = (x) => {
    const square = times(x, x);
    let term = x;
    let sum = x;
    for (let i = 3n; term !== 0n; i += 2n) {
      term = times(term, square) / i;
      sum += term;
    }
    return halfOfWhole - times(density(x), sum);
  };
  const inverse = (y) => sqrt(-2n * ln(y));
  return { edges: closeZiggurat(ratio(365, 100), ratio(366, 100), density, inverse, tail), density };
}

// --- Files -----------------------------------------------------------------------------------------------------------

const PER_LINE = 5;

function literal(name, comment, numbers) {
  const lines = [];
  for (let i = 0; i < numbers.length; i += PER_LINE) lines.push(`  ${numbers.slice(i, i + PER_LINE).join(', ')},`);
  return `/** ${comment} */\nexport const ${name}: readonly number[] = [\n${lines.join('\n')}\n];\n`;
}

function header(first) {
  return `// ${first}\n// Written by scripts/make-tables.mjs, never by hand; literals, so that every host has the same bits.\n\n`;
}

function zigguratFile(word, Word, density, ziggurat) {
  const edges = ziggurat.edges.map(toNumber);
  const heights = ziggurat.edges.map((edge) => toNumber(ziggurat.density(edge)));
  return (
    header(`The ${word} ziggurat: 256 layers of equal area under ${density}. Read by kernel/ziggurat.ts.`) +
    literal(
      `${Word}_EDGES`,
      'Right edge of each layer, outermost first; [0] is the width of the base strip with the tail folded in, [256] is 0.',
      edges,
    ) +
    '\n' +
    literal(`${Word}_HEIGHTS`, `${density} at each edge.`, heights)
  );
}

function exp2File() {
  const STEPS = 32;
  const LN2_OVER_32 = ln(2n * ONE) / 32n;
  const high = [];
  const low = [];
  for (let i = 0; i < STEPS; i++) {
    const exact = exp(LN2_OVER_32 * BigInt(i));
    high.push(i === 0 ? 1 : toNumber(exact));
    low.push(i === 0 ? 0 : toNumber(exact - fromNumber(high[i])));
  }
  return (
    header('2^(i/32) for i = 0 to 31, each as a float64 and what it misses. Read by kernel/exact-math.ts.') +
    literal('EXP2_HIGH', 'The float64 nearest to 2^(i/32).', high) +
    '\n' +
    literal('EXP2_LOW', 'What EXP2_HIGH misses, itself rounded.', low)
  );
}

/** A float64 of moderate size as a fixed-point number, exactly. */
function fromNumber(value) {
  let scaled = value;
  let bits = 0n;
  while (scaled % 1 !== 0) {
    scaled *= 2;
    bits++;
  }
  return (BigInt(scaled) << PRECISION) >> bits;
}

const FILES = {
  'exp2-fractions.ts': exp2File,
  'exponential-ziggurat.ts': () => zigguratFile('exponential', 'EXPONENTIAL', 'exp(-x)', exponentialZiggurat()),
  'normal-ziggurat.ts': () => zigguratFile('normal', 'NORMAL', 'exp(-x*x/2)', normalZiggurat()),
};

const isCheck = process.argv.includes('--check');
for (const [name, make] of Object.entries(FILES)) {
  const path = new URL(`../sim-engine/kernel/tables/${name}`, import.meta.url);
  const text = make();
  if (!isCheck) writeFileSync(path, text);
  else {
    const isSame = readFileSync(path, 'utf8') === text;
    console.log(`${name}: ${isSame ? 'as committed' : 'DIFFERS'}`);
    if (!isSame) process.exitCode = 1;
  }
}
