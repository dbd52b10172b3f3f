// A scenario may edit its own drawing while it runs: set a rate, add a worker, remove a wire. The page is not told of each; it knows
// when they are due, and asks the engine what the drawing is once such a moment has passed, in either direction.

import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type { Command } from '../../sim-engine/simulation/commands.ts';
import { topologyOf, withTopology } from '../store/drawing.ts';
import { commandBetween } from '../store/edit-commands.ts';
import { client, isAhead, onFrame, quietly, useLab } from '../store/lab.ts';
import { withScripted } from './scripted.ts';

const EDITS: ReadonlySet<Command['type']> = new Set(['setParam', 'addNode', 'removeNode', 'addWire', 'removeWire', 'edit']);

/** Keeps the drawing up with the scenario's own edits from now on. Answers with the end of it. */
export function followScript(): () => void {
  let due: readonly number[] = [];
  let reachedNs = 0;
  let isBehind = false;
  let isAsking = false;

  const learn = async () => {
    const { openCount } = useLab.getState();
    due = [];
    const { scripted } = await client.log();
    if (useLab.getState().openCount !== openCount) return;
    due = scripted.filter(({ command }) => EDITS.has(command.type)).map(({ atNs }) => atNs);
    // What was due before this was known.
    isBehind = due.length > 0;
  };
  const catchUp = async () => {
    const asked = useLab.getState();
    const topology = await client.document();
    const { drawing, openCount, travelToNs } = useLab.getState();
    if (openCount !== asked.openCount) return;
    // Somebody edits just now: what the engine said is no longer the whole of it.
    if (topology === null || drawing === null || travelToNs !== null || drawing.present !== asked.drawing?.present || isAhead())
      return;
    isBehind = false;
    const command = commandBetween(
      drawing.present,
      withTopology(drawing.present, { ...topologyOf(drawing.present), ...topology }),
    );
    if (command !== null) useLab.setState({ drawing: withScripted(drawing, command) });
  };
  const stopFrames = onFrame((frame) => {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    const [from, to] = timeNs < reachedNs ? [timeNs, reachedNs] : [reachedNs, timeNs];
    reachedNs = timeNs;
    if (due.some((atNs) => atNs > from && atNs <= to)) isBehind = true;
    if (!isBehind || isAsking || isAhead()) return;
    isAsking = true;
    quietly(
      catchUp().finally(() => {
        isAsking = false;
      }),
    );
  });
  const stopLab = useLab.subscribe((lab, before) => {
    if (lab.openCount !== before.openCount) quietly(learn());
  });
  if (useLab.getState().openCount > 0) quietly(learn());
  return () => {
    stopFrames();
    stopLab();
  };
}
