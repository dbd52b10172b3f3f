// THE table of who may import whom. A zone is a set of files; it may import itself, the zones and packages it names, and nothing
// else. Read by check-fences.ts. A new folder that stands in no zone is a violation, so it cannot be forgotten here.

export interface Zone {
  /** `*` stands for one folder name: each match is an island of its own. */
  readonly name: string;
  /** Files of the zone; the first zone that matches a file has it. A group takes the place of `*` in the name. */
  readonly files: RegExp;
  readonly mayImport: readonly string[];
  /** Zones of which only types may be imported. */
  readonly mayImportTypes?: readonly string[];
  /** Packages by name; `node:` stands for all of Node's own. */
  readonly packages?: readonly string[];
}

/** One edge that the table does not allow, and why it stands all the same. Types only: none of them exists when the code runs. */
export interface Exception {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

// Lowest first: a layer may import all that stand before it.
const MESSAGES = ['engine/messages'];
const KERNEL = [...MESSAGES, 'kernel'];
const PARTS = [...KERNEL, 'parts'];
const WORLD = [...PARTS, 'world'];
const NODES = [...WORLD, 'nodes'];
// From here on a kind is known by the two lists alone, never by its own folder.
const TOPOLOGY = [...NODES, 'nodes/lists', 'topology'];
const CHECKS = [...TOPOLOGY, 'checks'];
const COMMANDS = [...CHECKS, 'protocol'];
const SIMULATION = [...COMMANDS, 'simulation/commands', 'simulation', 'nodes/behaviours'];
const SHELL = [...SIMULATION, 'shell'];
const ENGINE = [...SHELL, 'foreign', 'previews', 'nodes/*', 'cli', 'scenarios', 'testing'];

/** The engine's public side, as the page sees it: plain data and pure functions, never a behaviour. */
const FOR_THE_PAGE = [
  'engine/messages',
  'nodes',
  'nodes/lists',
  'topology',
  'foreign',
  'previews',
  'checks',
  'protocol',
  'simulation/commands',
  'scenarios',
];
const APP_BASE = [...FOR_THE_PAGE, 'app/store', 'app/ui', 'app/messages'];

const PAGE_PACKAGES = [
  'react',
  'react-dom',
  '@xyflow/react',
  'zustand',
  'recharts',
  '@dagrejs/dagre',
  'idb-keyval',
  'lucide-react',
  '@fontsource-variable/geist',
  '@fontsource-variable/geist-mono',
];
const TEST_PACKAGES = ['node:', 'vitest', 'fast-check', 'hdr-histogram-js', 'vite', '@playwright/test'];

export const ZONES: readonly Zone[] = [
  // Tests of the engine stand beside the code and may look at all of it.
  { name: 'testing', files: /^sim-engine\/(testing\/|.*\.(test|bench)\.ts$)/, mayImport: ENGINE, packages: TEST_PACKAGES },

  { name: 'engine/messages', files: /^sim-engine\/messages\//, mayImport: [] },
  { name: 'kernel', files: /^sim-engine\/kernel\//, mayImport: MESSAGES },
  { name: 'parts', files: /^sim-engine\/parts\//, mayImport: KERNEL },
  { name: 'world', files: /^sim-engine\/world\//, mayImport: PARTS },
  { name: 'nodes/lists', files: /^sim-engine\/nodes\/declarations\.ts$/, mayImport: [...NODES, 'nodes/*'] },
  { name: 'nodes/behaviours', files: /^sim-engine\/nodes\/behaviours\.ts$/, mayImport: [...NODES, 'nodes/*'] },
  { name: 'nodes', files: /^sim-engine\/nodes\/[^/]+$/, mayImport: WORLD },
  { name: 'nodes/*', files: /^sim-engine\/nodes\/([^/]+)\//, mayImport: NODES },
  { name: 'topology', files: /^sim-engine\/topology\//, mayImport: [...NODES, 'nodes/lists'] },
  // A foreign format belongs to one product: who reads it knows that product's folder, and the page loads it when it is asked for.
  { name: 'foreign', files: /^sim-engine\/foreign\//, mayImport: [...TOPOLOGY, 'nodes/*'] },
  { name: 'previews', files: /^sim-engine\/previews\//, mayImport: [...TOPOLOGY, 'nodes/*'] },
  { name: 'checks', files: /^sim-engine\/checks\//, mayImport: TOPOLOGY },
  { name: 'protocol', files: /^sim-engine\/protocol\//, mayImport: CHECKS },
  {
    name: 'simulation/commands',
    files: /^sim-engine\/simulation\/(commands|command-text|command-shape)\.ts$/,
    mayImport: COMMANDS,
  },
  { name: 'simulation', files: /^sim-engine\/simulation\//, mayImport: [...COMMANDS, 'simulation/commands', 'nodes/behaviours'] },
  { name: 'cli', files: /^sim-engine\/shell\/cli\//, mayImport: [...SHELL, 'scenarios', 'testing'], packages: ['node:'] },
  { name: 'shell', files: /^sim-engine\/shell\//, mayImport: SIMULATION },
  { name: 'scenarios', files: /^sim-engine\/scenarios\//, mayImport: [] },

  // The page, lowest first: words, widgets, the engine's client, the store, the features, the frame around them.
  { name: 'app/messages', files: /^app\/messages\//, mayImport: ['engine/messages'] },
  { name: 'app/ui', files: /^app\/ui\//, mayImport: ['engine/messages', 'app/messages'], packages: PAGE_PACKAGES },
  {
    name: 'app/engine-client',
    files: /^app\/engine-client\//,
    mayImport: [...FOR_THE_PAGE, 'app/messages', 'shell'],
  },
  {
    name: 'app/store',
    files: /^app\/store\//,
    mayImport: [...FOR_THE_PAGE, 'app/messages', 'app/ui', 'app/engine-client'],
    packages: PAGE_PACKAGES,
  },
  // How kinds that have more to show than their gauges look; drawn by the features, knows none of them.
  { name: 'app/node-views', files: /^app\/node-views\//, mayImport: APP_BASE, packages: PAGE_PACKAGES },
  // What several features offer to do with the drawing: add, copy, delete. Knows the store and how large cards are.
  {
    name: 'app/acts',
    files: /^app\/acts\//,
    mayImport: [...APP_BASE, 'app/node-views'],
    packages: PAGE_PACKAGES,
  },
  // The features: islands that meet in the store.
  {
    name: 'app/*',
    files:
      /^app\/(canvas|palette|inspector|transport|charts|ledger|trace|events|faults|files|hints|keeping|lessons|notices|outline|announcements|share|shortcuts)\//,
    mayImport: [...APP_BASE, 'app/node-views', 'app/acts'],
    mayImportTypes: ['app/engine-client'],
    packages: PAGE_PACKAGES,
  },
  // The files right below app/ put the features together.
  {
    name: 'app',
    files: /^app\/[^/]+$/,
    mayImport: [...APP_BASE, 'app/node-views', 'app/acts', 'app/engine-client', 'app/*'],
    packages: PAGE_PACKAGES,
  },

  {
    name: 'e2e',
    files: /^e2e\//,
    mayImport: [...ENGINE, 'app/messages'],
    packages: ['node:', '@playwright/test', '@axe-core/playwright', 'vite'],
  },
];

export const EXCEPTIONS: readonly Exception[] = [
  {
    from: 'sim-engine/protocol/messages.ts',
    to: 'sim-engine/simulation/commands.ts',
    reason: 'A request carries a command; commands belong to the simulation, which reads the protocol.',
  },
  {
    from: 'sim-engine/world/actor.ts',
    to: 'sim-engine/nodes/fields.ts',
    reason: 'An actor is told when its parameters change; what a parameter can be is declared with the nodes.',
  },
  {
    from: 'sim-engine/world/actor.ts',
    to: 'sim-engine/nodes/node-kind.ts',
    reason: 'An actor is told when it is rewired; what a connection is stands with the interfaces of the nodes.',
  },
];

/** What the page must not load with its first script: it comes in the engine's own chunk, by a Web Worker or a dynamic import. */
export const ENGINE_CHUNK =
  /^sim-engine\/(shell\/|simulation\/(?!commands\.ts|command-text\.ts|command-shape\.ts)|nodes\/behaviours\.ts|nodes\/[^/]+\/(?!.*\.declaration\.ts))/;

/** Where the page begins. What it imports from there, followed to its end, is there before the first letter moves. */
export const FIRST_LOAD = 'app/main.tsx';
/** Words that come after the first letter: all of the engine's but those at once, and all of the page's but `text.ts` and `en.ts`. */
export const LATE_WORDS = /^(sim-engine\/messages\/(en\.ts|en\/(?!at-once\.ts))|app\/messages\/(?!text\.ts|en\.ts))/;

/** The only zone that may start a Web Worker. */
export const THREAD_ZONE = 'app/engine-client';
