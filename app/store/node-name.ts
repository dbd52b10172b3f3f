import type { NodeDocument } from '../../sim-engine/topology/document.ts';

/** What people call a node. A name of blanks alone, which a file may have, is none. */
export const nodeName = (node: NodeDocument): string => node.name?.trim() || node.id;
