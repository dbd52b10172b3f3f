// What the page leaves on `window` for the stories, in the terms of the protocol: stories know no code of the page.

import type { FrameLayout, LoggedCommand, Status, StepUnit } from '../sim-engine/protocol/messages.ts';
import type { Command } from '../sim-engine/simulation/commands.ts';
import type { ScenarioDocument, TopologyDocument } from '../sim-engine/topology/document.ts';

type Done = { readonly ok: true; readonly status: Status } | { readonly ok: false };

interface Client {
  readonly kind: 'web-worker' | 'in-page' | null;
  readonly frame: Float64Array | null;
  readonly layout: FrameLayout | null;
  readonly status: Status | null;
  load(text: string, seed?: number): Promise<Done>;
  play(speed: number): Promise<Done>;
  pause(): Promise<Done>;
  step(unit: StepUnit): Promise<Done>;
  command(command: Command): Promise<Done>;
  runTo(timeNs: number, events?: number): Promise<Done>;
  log(): Promise<{ readonly given: readonly LoggedCommand[] }>;
  document(): Promise<TopologyDocument | null>;
  inside(node: string): Promise<unknown>;
  killEngine(): void;
  close(): void;
}

declare global {
  interface Window {
    readonly __brokerLab: {
      readonly client: Client;
      hiddenClient(): Client;
      lab(): { readonly drawing: { readonly present: ScenarioDocument | TopologyDocument } | null };
    };
  }
}
