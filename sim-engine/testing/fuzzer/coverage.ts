// What the stories of the fuzzer reached, by name, so that nothing stays untried unseen: node and wire kinds, fields, commands, packet
// types and classes of the books. It listens and counts.

import { fieldsOfWire, NODE_KINDS, WIRE_KINDS } from '../../nodes/declarations.ts';
import { DELIVERY_CLASSES, PUBLISH_CLASSES } from '../../protocol/frame.ts';
import type { Command } from '../../simulation/commands.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { TopologyDocument } from '../../topology/document.ts';
import { DLV_CLASSES, EXPIRED, PUB_CLASSES } from '../../world/books.ts';
import { PACKET_TYPES } from '../../world/packet-types.ts';

/** Classes that no kind built so far lets a message end in: nothing has a time to live, and no group passes over a record. */
const NOT_YET: readonly number[] = [EXPIRED];

/** Every command there is; the type makes a forgotten one a mistake of compiling. */
const COMMANDS: { readonly [type in Command['type']]: 'fault' | 'command' | 'edit' } = {
  setParam: 'edit',
  addNode: 'edit',
  removeNode: 'edit',
  addWire: 'edit',
  removeWire: 'edit',
  edit: 'edit',
  crash: 'fault',
  restart: 'fault',
  slow: 'fault',
  stall: 'fault',
  cut: 'fault',
  heal: 'fault',
  delay: 'fault',
  lose: 'fault',
  poison: 'fault',
  burst: 'fault',
  redrive: 'command',
};

export class Coverage {
  private readonly counts = new Map<string, Map<string, number>>();

  constructor() {
    for (const kind of NODE_KINDS) {
      this.expect('kind', kind.type);
      for (const field of Object.keys(kind.fields)) this.expect('field', `${kind.type}.${field}`);
    }
    for (const kind of WIRE_KINDS) {
      this.expect('wire', kind.type);
      for (const field of Object.keys(fieldsOfWire(kind.type))) this.expect('field', `${kind.type}.${field}`);
    }
    for (const [type, group] of Object.entries(COMMANDS)) this.expect(group, type);
    for (const { name } of PACKET_TYPES.values()) this.expect('packet', name);
    for (const name of PUBLISH_CLASSES) this.expect('publish class', name);
    DELIVERY_CLASSES.forEach((name, cls) => {
      if (!NOT_YET.includes(cls)) this.expect('delivery class', name);
    });
  }

  private expect(group: string, name: string): void {
    const names = this.counts.get(group) ?? new Map<string, number>();
    this.counts.set(group, names.set(name, 0));
  }

  private reach(group: string, name: string, count = 1): void {
    const names = this.counts.get(group);
    names?.set(name, (names.get(name) ?? 0) + count);
  }

  onDrawing({ nodes, wires }: TopologyDocument): void {
    for (const { kind, params } of nodes) {
      this.reach('kind', kind);
      for (const field of Object.keys(params ?? {})) this.reach('field', `${kind}.${field}`);
    }
    for (const { kind, params } of wires) {
      this.reach('wire', kind);
      for (const field of Object.keys(params ?? {})) this.reach('field', `${kind}.${field}`);
    }
  }

  /** A command that was carried out. */
  onCommand(command: Command): void {
    this.reach(COMMANDS[command.type], command.type);
    if (command.type === 'edit') for (const one of command.edits) this.onCommand(one);
  }

  /** Counts the types of packets that are sent from now on. Tells the world nothing. */
  listen({ world }: Simulation): void {
    const send = world.send.bind(world);
    const seen = new Uint32Array(64);
    world.send = (link, type, first, count, tag) => {
      if (seen[type] === 0) this.reach('packet', PACKET_TYPES.get(type)?.name ?? `number ${type}`);
      seen[type] = 1;
      send(link, type, first, count, tag);
    };
  }

  onBooks({ world: { books } }: Simulation): void {
    const { publish, delivery } = books;
    for (let cls = 0; cls < PUB_CLASSES; cls++)
      if ((publish[cls] as number) > 0) this.reach('publish class', PUBLISH_CLASSES[cls] as string);
    for (let cls = 0; cls < DLV_CLASSES; cls++) {
      if ((delivery[cls] as number) > 0) this.reach('delivery class', DELIVERY_CLASSES[cls] as string);
    }
  }

  /** What was never reached, as "group name". */
  get missing(): readonly string[] {
    return [...this.counts].flatMap(([group, names]) =>
      [...names].filter(([, count]) => count === 0).map(([name]) => `${group} ${name}`),
    );
  }

  /** A line per group: how many of its names were reached, and how often; of fields, which are many, only the rarest. */
  lines(): readonly string[] {
    return [...this.counts].map(([group, names]) => {
      const reached = [...names].filter(([, count]) => count > 0).length;
      const sorted = [...names].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
      const shown = group === 'field' ? sorted.slice(0, 5) : [...names];
      const listed = shown.map(([name, count]) => `${name} ${count}`).join(', ');
      return `${group.padEnd(15)} ${reached} of ${names.size}: ${group === 'field' ? 'rarest ' : ''}${listed}`;
    });
  }
}
