// Definitions files of a RabbitMQ server: opened as a drawing, with what was left out told line by line, and written from a drawing.
// Loaded with the first of them.

import type { Problem, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { parseTopologyDocument } from '../../sim-engine/topology/parse.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { text } from '../messages/text.ts';
import { topologyOf } from '../store/drawing.ts';
import { openText, openTitle, present, refuseFor, remarkOn, tell, useLab } from '../store/lab.ts';
import { download, fileName } from './download.ts';

/** The rules of the server come with it. */
const foreign = () => import('../../sim-engine/foreign/rabbitmq-definitions.ts');

/** The virtual host that every server has: as a name it says nothing. */
const DEFAULT_VHOST = '/';

export async function openDefinitions(source: string, name: string): Promise<void> {
  const { importDefinitions } = await foreign();
  const imported = importDefinitions(source);
  if (!imported.ok) {
    await refuseFor(text('problems.title', { name }), imported.problems);
    return;
  }
  const { topology, remarks } = imported.value;
  if (!(await openText(JSON.stringify(titled(topology, name)), name))) return;
  tell(text('notice.opened', { name }));
  if (remarks.length === 0) return;
  const note = rabbitText(remarks.length === 1 ? 'definitions.remarks.one' : 'definitions.remarks', { count: remarks.length });
  await remarkOn(rabbitText('definitions.opened', { name }), note, worthFirst(remarks));
}

/** Of users and permissions there may be hundreds, and nobody misses them. */
function worthFirst(remarks: readonly Problem[]): readonly Problem[] {
  const isMinor = ({ code }: Problem) => code.startsWith('definitions-ignored');
  return [...remarks.filter((remark) => !isMinor(remark)), ...remarks.filter(isMinor)];
}

const titled = (topology: TopologyDocument, file: string): TopologyDocument =>
  topology.name === undefined || topology.name === DEFAULT_VHOST ? { ...topology, name: file.replace(/\.json$/i, '') } : topology;

/** All brokers of the drawing as one file; what a server would refuse is told, and then there is none. */
export async function saveDefinitions(): Promise<void> {
  const drawing = present(useLab.getState());
  if (drawing === null) return;
  const { exportDefinitions } = await foreign();
  const parsed = parseTopologyDocument(topologyOf(drawing));
  const exported = parsed.ok ? exportDefinitions(parsed.value) : parsed;
  if (exported.ok) download(exported.value, `${fileName(openTitle())}-definitions.json`);
  else await refuseFor(rabbitText('definitions.unsaved'), exported.problems);
}
