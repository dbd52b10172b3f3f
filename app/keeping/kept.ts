// Work in the browser's own store (IndexedDB): one entry a tab, so that no tab can overwrite another's. Which entry a tab owns is
// settled by a lock that the browser holds for it and gives back when the tab is gone, however it went. Knows nothing of drawings.

import { createStore, del, entries, set, setMany, type UseStore } from 'idb-keyval';

export interface Kept {
  readonly id: string;
  /** The run as `work.ts` writes it. */
  readonly text: string;
  readonly title: string;
  /** Wall clock, ms since 1970. */
  readonly savedAtMs: number;
  /** False while nobody has done anything to it: then there is nothing to come back to. */
  readonly isTouched: boolean;
  /** Whether anything was done to it but looking: only that is earlier work once something else is open. Missing in older entries. */
  readonly isChanged?: boolean;
}

/** How far the run of an entry has come, written oftener than the entry itself. */
export interface KeptMoment {
  readonly atNs: number;
  readonly events: number;
  readonly digest: string;
}

interface MomentOf extends KeptMoment {
  /** The entry that it belongs to, as it was saved then; of an older one it says nothing. */
  readonly savedAtMs: number;
}

/** Entries kept in all. The oldest that no tab has open make room. */
const KEPT_MAX = 12;
/** A tab that is loaded again may find its own lock not given back yet: on a busy machine the page before takes its time to go. */
const RELOAD_MS = 5000;
/** One that comes to the page by another way may be the same tab, or one that was doubled: that one should not wait for long. */
const RETURN_MS = 500;
/** A store that says nothing for so long is one that is refused. */
const ANSWER_MS = 2000;
const TAB_KEY = 'broker-lab.work';
const WORK = 'work:';
const MOMENT = 'moment:';

let store: UseStore | null = null;
let release: () => void = () => undefined;
let ownId = '';

export interface Found {
  /** What this tab, or the last one, was working on; null on a first visit. */
  readonly kept: Kept | null;
  /** Another tab has it open. */
  readonly isCopy: boolean;
}

/** Opens the store and takes an entry for this tab; null where the browser refuses to keep anything. */
export async function openKept(): Promise<Found | null> {
  try {
    // Where storage is refused the first call throws; where it hangs, nobody waits for it for ever.
    store = createStore('broker-lab', 'works');
    const all = await within(ANSWER_MS, listAll());
    const mine = tabEntry();
    const kept = all.find(({ id }) => id === mine) ?? all[0] ?? null;
    // Without locks nobody knows what other tabs have open, so every visit takes an entry of its own.
    const isOwn = kept !== null && hasLocks() && (await claim(kept.id, kept.id === mine ? patienceMs() : 0));
    if (!isOwn) await takeNewEntry();
    return { kept, isCopy: kept !== null && !isOwn && hasLocks() };
  } catch {
    store = null;
    return null;
  }
}

/** From here on this tab writes to a new entry; the one before stays as it is. */
export async function takeNewEntry(): Promise<void> {
  await claim(crypto.getRandomValues(new Uint32Array(2)).join('-'), 0);
}

function patienceMs(): number {
  const [arrival] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return arrival?.type === 'reload' ? RELOAD_MS : RETURN_MS;
}

export const isStoreOpen = (): boolean => store !== null;

/** Writes the whole entry of this tab. Throws what the store throws. */
export async function writeKept(kept: Omit<Kept, 'id'>, moment: KeptMoment): Promise<void> {
  if (store === null) return;
  const id = ownId;
  await setMany(
    [
      [WORK + id, { ...kept, id } satisfies Kept],
      [MOMENT + id, { ...moment, savedAtMs: kept.savedAtMs } satisfies MomentOf],
    ],
    store,
  );
}

/** Writes how far the run has come, of the entry that was saved at `savedAtMs`. */
export async function writeMoment(moment: KeptMoment, savedAtMs: number): Promise<void> {
  if (store !== null) await set(MOMENT + ownId, { ...moment, savedAtMs } satisfies MomentOf, store);
}

/** The moment that belongs to an entry, if one was written after it. */
export async function momentOf({ id, savedAtMs }: Kept): Promise<KeptMoment | null> {
  if (store === null) return null;
  const all = await entries<string, MomentOf>(store);
  const found = all.find(([key]) => key === MOMENT + id)?.[1];
  return found !== undefined && found.savedAtMs === savedAtMs ? found : null;
}

/** Work of other days and of tabs that are closed, newest first; empty where nothing is kept. */
export async function listEarlier(): Promise<readonly Kept[]> {
  if (store === null) return [];
  const open = await openIds();
  return (await listAll()).filter(
    ({ id, isTouched, isChanged = true }) => isTouched && isChanged && id !== ownId && !open.has(id),
  );
}

/** Makes this tab the owner of an earlier entry; null if another tab has it by now, or it is gone. */
export async function takeEarlier(id: string): Promise<Kept | null> {
  const kept = (await listAll()).find((one) => one.id === id);
  if (kept === undefined) return null;
  if (!hasLocks()) {
    await takeNewEntry();
    return kept;
  }
  return (await claim(id, 0)) ? kept : null;
}

/** Lets go of what is too old to be kept. Answers whether anything was. */
export async function makeRoom(most = KEPT_MAX): Promise<boolean> {
  if (store === null) return false;
  const open = await openIds();
  const old = (await listAll()).slice(most).filter(({ id }) => id !== ownId && !open.has(id));
  for (const { id } of old) {
    await del(WORK + id, store);
    await del(MOMENT + id, store);
  }
  return old.length > 0;
}

// ------------------------------------------------------------------ inside

/** All entries, newest first. */
async function listAll(): Promise<Kept[]> {
  if (store === null) return [];
  const all = await entries<string, unknown>(store);
  return all
    .filter(([key, value]) => String(key).startsWith(WORK) && isKept(value))
    .map(([, value]) => value as Kept)
    .sort((a, b) => b.savedAtMs - a.savedAtMs);
}

/** An older or a broken version of this page may have left something else. */
function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { id, text, title, savedAtMs } = value as { [part in keyof Kept]?: unknown };
  return typeof id === 'string' && typeof text === 'string' && typeof title === 'string' && typeof savedAtMs === 'number';
}

const lockName = (id: string): string => `broker-lab.work.${id}`;

/** Locks are missing where the page comes over plain http from another machine. */
const hasLocks = (): boolean => 'locks' in navigator;

/** Takes the lock of an entry and gives back the one before. False if another tab holds it. */
async function claim(id: string, waitMs: number): Promise<boolean> {
  if (id === ownId) return true;
  const free = hasLocks() ? await lock(lockName(id), waitMs) : () => undefined;
  if (free === null) return false;
  release();
  release = free;
  ownId = id;
  rememberInTab(id);
  return true;
}

/** Resolves once the lock is held, to what gives it back; to null if another tab keeps it for longer than `waitMs`. */
function lock(name: string, waitMs: number): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const options = waitMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMs) };
    navigator.locks
      .request(name, options, (held) => {
        if (held === null) return resolve(null);
        return new Promise<void>((giveBack) => resolve(giveBack));
      })
      .catch(() => resolve(null));
  });
}

async function openIds(): Promise<ReadonlySet<string>> {
  if (!hasLocks()) return new Set();
  const { held = [] } = await navigator.locks.query();
  const prefix = lockName('');
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/** The entry that this tab had before it was loaded again. A tab that was doubled remembers it too; the lock tells them apart. */
function tabEntry(): string | null {
  try {
    return sessionStorage.getItem(TAB_KEY);
  } catch {
    return null;
  }
}

function rememberInTab(id: string): void {
  try {
    sessionStorage.setItem(TAB_KEY, id);
  } catch {
    // Then a tab that is loaded again finds the newest work.
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return Promise.race([work, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), ms))]);
}
