// Opening and saving files of one's own, by button and by drop. What is in a file is the engine's to judge; here only its size is
// looked at, so that nothing huge is read.

import { text } from '../messages/text.ts';
import { isScenario } from '../store/drawing.ts';
import { openText, openTitle, present, refuse, tell, useLab } from '../store/lab.ts';
import { download, fileName } from './download.ts';

const MEGABYTE = 1_000_000;
/** The engine refuses more than this; reading it would only cost memory. */
const SIZE_MAX_MB = 5;

export async function openFile(file: File): Promise<void> {
  const refuseWith = (sentence: string, remedy: string) =>
    refuse(text('problems.title', { name: file.name }), [{ place: text('files.place'), sentence, remedy }]);
  if (file.size > SIZE_MAX_MB * MEGABYTE) {
    const size = Math.ceil(file.size / MEGABYTE);
    refuseWith(text('files.too-large', { size, max: SIZE_MAX_MB }), text('files.too-large.remedy'));
    return;
  }
  let source: string;
  try {
    source = await file.text();
  } catch {
    refuseWith(text('files.unreadable'), text('files.unreadable.remedy'));
    return;
  }
  if (isNoText(source)) {
    refuseWith(text('files.no-text'), text('files.too-large.remedy'));
    return;
  }
  if (isDefinitions(source)) {
    const { openDefinitions } = await import('./definitions.ts');
    await openDefinitions(source, file.name);
    return;
  }
  if (await openText(source, file.name)) tell(text('notice.opened', { name: file.name }));
}

/** A picture or an archive: telling its first odd character would help nobody. Bytes that are no UTF-8 are read as U+FFFD. */
const isNoText = (source: string): boolean => /[\0\u{FFFD}]/u.test(source.slice(0, 1000));

/** What a RabbitMQ server has written, whole or broken. What it really is the importer says. */
const isDefinitions = (source: string): boolean =>
  /"(rabbit(mq)?_version|vhosts|exchanges|queues|bindings)"\s*:/.test(source) && !/"format"\s*:\s*"broker-lab/.test(source);

/** Hands the drawing to the browser as a download; a scenario with the seed of this run, so that it opens as what is seen here. */
export function saveFile(): void {
  const shown = present(useLab.getState());
  if (shown === null) return;
  const drawing = isScenario(shown) ? { ...shown, seed: useLab.getState().seed } : shown;
  download(`${JSON.stringify(drawing, null, 2)}\n`, `${fileName(openTitle())}.json`);
}
