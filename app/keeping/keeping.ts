// What a visit begins with, and what may take the place of what is open: the run of a link, work that was left here, earlier work.
// Comes to all of them paused, so that nobody has missed anything; whatever is refused leaves what is there as it is.

import { create } from 'zustand';
import { text } from '../messages/text.ts';
import { firstLetter } from '../store/first-letter.ts';
import { openRun, openText, refuse, tell, useLab } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import { isStoreOpen, type Kept, momentOf, openKept, takeEarlier, takeNewEntry } from './kept.ts';
import type { Work } from './work.ts';

export const useKeeping = create<{ readonly isCopy: boolean; readonly isRefused: boolean }>(() => ({
  isCopy: false,
  isRefused: false,
}));

const { getState: lab } = useLab;

/** Opens the run of the address, or the work that was left here, or `source`. Answers whether it was `source`. */
export async function openFirst(source: string, name: string): Promise<boolean> {
  const found = await openKept();
  useKeeping.setState({ isCopy: found?.isCopy === true, isRefused: found === null });
  const kept = found?.kept?.isTouched === true ? found.kept : null;
  const isLinked = location.hash !== '' && (await openLink(location.hash));
  const linkRefusal = lab().refusal;
  // What was left here stays behind where a link was opened, and where it cannot be read.
  if (kept !== null && (isLinked || !(await reopen(kept)))) await takeNewEntry();
  const isNew = lab().drawing === null;
  const refusal = lab().refusal ?? linkRefusal;
  if (isNew) await openText(source, name);
  // Opening takes away what is told of another drawing, but this is told in one breath with it.
  if (refusal !== null) refuse(refusal.title, refusal.problems);
  if (found === null) tell(text('keeping.refused'));
  if (found?.isCopy === true && (isNew || isLinked)) tell(text('keeping.copied'));
  // Not needed before something moves.
  await firstLetter;
  const { startSaving } = await import('./saving.ts');
  startSaving(!isNew, !isNew && !isLinked && kept?.isChanged !== false);
  window.addEventListener('hashchange', () => {
    if (location.hash !== '') void openLink(location.hash);
  });
  return isNew;
}

/** Opens the run of a link. Answers whether it was taken; if not, it is told why. */
async function openLink(hash: string): Promise<boolean> {
  const { readLink } = await import('./link.ts');
  const read = await readLink(hash);
  if (!read.ok) refuse(text('problems.title', { name: text('link.name') }), read.problems);
  const isTaken = read.ok && (await arrive(read.value, text('link.name'), 'keeping.linked'));
  // From here on it is kept like any other work, and a page that is loaded again goes on with it. Without a store the link stays.
  if (!isTaken || isStoreOpen()) history.replaceState(null, '', location.pathname + location.search);
  return isTaken;
}

/** Opens kept work at its moment. Answers whether it could be. */
async function reopen(kept: Kept): Promise<boolean> {
  const { readWork } = await import('./work.ts');
  const read = readWork(kept.text);
  if (!read.ok) {
    refuse(text('problems.title', { name: text('keeping.earlier.name') }), read.problems);
    return false;
  }
  const { isCopy } = useKeeping.getState();
  return arrive({ ...read.value, ...(await momentOf(kept)) }, kept.title, isCopy ? 'keeping.copied' : 'keeping.found');
}

async function arrive(
  work: Work,
  name: string,
  message: 'keeping.found' | 'keeping.linked' | 'keeping.copied',
): Promise<boolean> {
  const { openCount } = lab();
  const status = await openRun(JSON.stringify(work.start), name, work);
  if (status === null) return lab().openCount !== openCount;
  const { engineRevision: ours, simTimeNs, digest } = status;
  if (simTimeNs < work.atNs) tell(text('keeping.stopped', { time: moment(simTimeNs) }));
  else tell(text(message, { time: moment(simTimeNs) }));
  if (ours !== work.engineRevision) tell(text('keeping.other-revision', { theirs: work.engineRevision, ours }));
  else if (simTimeNs === work.atNs && digest !== work.digest)
    tell(text('keeping.other-run', { theirs: work.digest, ours: digest }));
  return true;
}

/** Opens earlier work in the place of what is open, which stays behind as earlier work itself. */
export async function openEarlier(id: string): Promise<void> {
  const { exchangeEntry, save } = await import('./saving.ts');
  await save();
  const kept = await takeEarlier(id);
  if (kept !== null) return exchangeEntry(() => reopen(kept));
  const name = text('keeping.earlier.name');
  const problem = { place: name, sentence: text('keeping.earlier.gone'), remedy: text('keeping.earlier.gone.remedy') };
  refuse(text('problems.title', { name }), [problem]);
}
