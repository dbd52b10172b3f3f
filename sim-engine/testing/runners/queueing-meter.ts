// The statistical check of vectors/queueing: counts what comes, begins and ends at a station as packets pass, and compares what
// theory has a number for. It only listens.

import { bucketOf, HISTOGRAM_BUCKETS, quantile } from '../../kernel/histogram.ts';
import { nodeKind } from '../../nodes/declarations.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { ACK, DELIVER, PUBLISH, RETRY } from '../../world/packet-types.ts';
import { tapActor } from './tapped-actor.ts';

const STATISTICAL_MESSAGES_MIN = 200_000;
const STATISTICAL_UTILISATION_MAX = 0.9;
const WARM_UP_SHARE = 0.1;

/** Whether a case of such a load is judged by statistics; without one it always is. */
export const isJudgedByStatistics = (utilisation: number | undefined): boolean =>
  utilisation === undefined || utilisation <= STATISTICAL_UTILISATION_MAX + 1e-9;

export const messagesFor = (validation: Readonly<Record<string, unknown>> | undefined): number =>
  Math.max(STATISTICAL_MESSAGES_MIN, (validation?.['messagesForRelHalfWidth_0.05'] as number | undefined) ?? 0);

/** What is measured at a station, in the units of the case. A case has numbers for some of them. */
export interface Measured {
  utilisation?: number;
  pWait?: number;
  L?: number;
  Lq?: number;
  W?: number;
  Wq?: number;
  sojournPct?: { readonly [quantile: string]: number };
}

const QUANTILES: readonly (readonly [name: string, q: number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
];

/** Lengths of time, of which quantiles are asked. */
export class Lengths {
  private readonly buckets = new Uint32Array(HISTOGRAM_BUCKETS);

  add(lengthNs: number): void {
    const bucket = bucketOf(lengthNs);
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1;
  }
  clear(): void {
    this.buckets.fill(0);
  }
  quantiles(unitNs: number): { readonly [quantile: string]: number } {
    return Object.fromEntries(QUANTILES.map(([name, q]) => [name, quantile(this.buckets, 0, q) / unitNs]));
  }
}

const actorOf = (simulation: Simulation, id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;

const cells = new Float64Array(64);
export function gaugeOf(simulation: Simulation, id: string, kind: string, gauge: string): number {
  const at = nodeKind(kind)?.gauges.findIndex(({ name }) => name === gauge) ?? -1;
  if (at < 0) throw new Error(`${kind} has no gauge ${gauge}`);
  simulation.world.actors[actorOf(simulation, id)]?.sample(cells, 0);
  return cells[at] as number;
}

/**
 * One line and its server. Numbers in the system are integrals over time, waits and sojourns are summed per message: two
 * independent sides of Little's law. Where messages may leave unserved, the line itself is asked how many there are, just before
 * each of its events: between two of them nothing changes.
 */
export class StationMeter {
  waited = 0;
  arrived = 0;
  private inSystem = 0;
  private waiting = 0;
  private systemArea = 0;
  private waitingArea = 0;
  private began = 0;
  private waitNs = 0;
  private ended = 0;
  private sojournNs = 0;
  private busyBefore = 0;
  private restartedNs = 0;
  private lastNs = 0;
  private readonly sojourns = new Lengths();
  private readonly simulation: Simulation;
  private readonly line: string;
  private readonly server: string;
  private readonly now: Float64Array;
  private readonly asksLine: boolean;
  /** By slot of the message, which is its own as long as it is here: when it came. */
  private cameNs = new Float64Array(1024);

  constructor(simulation: Simulation, line: string, server: string, asksLine = false) {
    this.simulation = simulation;
    this.line = line;
    this.server = server;
    this.asksLine = asksLine;
    const { world } = simulation;
    this.now = world.now;
    const beforeLine = (type: number, first: number): void => {
      if (type === PUBLISH) this.onCome(first);
      else if (type === ACK) this.onEnd(world.obligations.msg[first] as number);
      else if (type === RETRY) {
        // A failed attempt is a visit, and the next one begins at the back of the line.
        this.onEnd(world.obligations.msg[first] as number);
        this.onCome(world.obligations.msg[first] as number);
      } else if (asksLine) this.keepAreas();
    };
    tapActor(world, actorOf(simulation, line), beforeLine, asksLine ? () => this.keepAreas() : undefined);
    tapActor(world, actorOf(simulation, server), (type, obl) => {
      if (type === DELIVER) this.onBegin(world.obligations.msg[obl] as number);
    });
  }

  /** Starts all sums anew, at the end of the warm-up; what is in the system stays. */
  restart(): void {
    this.keepAreas();
    this.systemArea = this.waitingArea = this.arrived = this.waited = this.began = this.waitNs = this.ended = this.sojournNs = 0;
    this.sojourns.clear();
    this.busyBefore = this.busySeconds();
    this.restartedNs = this.now[0] as number;
  }

  private onCome(msg: number): void {
    this.keepAreas();
    this.arrived++;
    if (msg >= this.cameNs.length) {
      const larger = new Float64Array(2 * msg);
      larger.set(this.cameNs);
      this.cameNs = larger;
    }
    this.cameNs[msg] = this.now[0] as number;
    this.inSystem++;
    this.waiting++;
  }

  private onBegin(msg: number): void {
    if (!this.asksLine) this.keepAreas();
    this.waiting--;
    this.began++;
    const waitNs = (this.now[0] as number) - (this.cameNs[msg] as number);
    if (waitNs > 0) this.waited++;
    this.waitNs += waitNs;
  }

  private onEnd(msg: number): void {
    this.keepAreas();
    this.inSystem--;
    this.ended++;
    const sojournNs = (this.now[0] as number) - (this.cameNs[msg] as number);
    this.sojournNs += sojournNs;
    this.sojourns.add(sojournNs);
  }

  private keepAreas(): void {
    const nowNs = this.now[0] as number;
    if (this.asksLine && nowNs > this.lastNs) {
      this.waiting = gaugeOf(this.simulation, this.line, 'queue', 'ready');
      this.inSystem = this.waiting + gaugeOf(this.simulation, this.line, 'queue', 'in_flight');
    }
    this.systemArea += this.inSystem * (nowNs - this.lastNs);
    this.waitingArea += this.waiting * (nowNs - this.lastNs);
    this.lastNs = nowNs;
  }

  private busySeconds(): number {
    return gaugeOf(this.simulation, this.server, 'service', 'busy_seconds');
  }

  /** Everything since the last restart. `unitNs`: nanoseconds that one time unit of the case lasts. */
  measured(servers: number, unitNs: number): Required<Measured> & { readonly ended: number; readonly began: number } {
    this.keepAreas();
    const lengthNs = (this.now[0] as number) - this.restartedNs;
    return {
      utilisation: ((this.busySeconds() - this.busyBefore) * 1e9) / lengthNs / servers,
      pWait: this.waited / this.began,
      L: this.systemArea / lengthNs,
      Lq: this.waitingArea / lengthNs,
      W: this.sojournNs / this.ended / unitNs,
      Wq: this.waitNs / this.began / unitNs,
      sojournPct: this.sojourns.quantiles(unitNs),
      ended: this.ended,
      began: this.began,
    };
  }
}

/** Lets a run warm up, starts its meters anew and lets it go on for as long as `messages` take on average. */
export function runMeters(
  simulation: Simulation,
  meters: readonly { restart(): void }[],
  messages: number,
  meanGapNs: number,
): void {
  const warmUpNs = Math.round(messages * WARM_UP_SHARE * meanGapNs);
  simulation.advanceTo(warmUpNs);
  for (const meter of meters) meter.restart();
  simulation.advanceTo(warmUpNs + Math.round(messages * meanGapNs));
}

const RELATIVE = 0.1;
const P_WAIT_ABSOLUTE = 0.05;
const QUANTILE_RELATIVE = 0.15;
const JUDGED_QUANTILES = ['p50', 'p90', 'p95'];

/** What is further from theory than vectors/queueing/README.md allows. */
export function statisticalFaults(measured: Measured, expected: Measured, about = ''): readonly string[] {
  const faults: string[] = [];
  const within = (what: string, found: number | undefined, wanted: number | undefined, allowed: number): void => {
    if (wanted === undefined || Math.abs((found ?? Number.NaN) - wanted) <= allowed) return;
    faults.push(`${about}${what} ${found?.toPrecision(5)}, theory ${wanted.toPrecision(5)}`);
  };
  const { utilisation = 0, L = 0, W = 0 } = expected;
  within('utilisation', measured.utilisation, expected.utilisation, RELATIVE * utilisation);
  within('L', measured.L, expected.L, RELATIVE * L);
  within('W', measured.W, expected.W, RELATIVE * W);
  // A case without the whole judges the part by itself.
  within('Lq', measured.Lq, expected.Lq, RELATIVE * (expected.L ?? expected.Lq ?? 0));
  within('Wq', measured.Wq, expected.Wq, RELATIVE * (expected.W ?? expected.Wq ?? 0));
  within('pWait', measured.pWait, expected.pWait, P_WAIT_ABSOLUTE);
  for (const name of JUDGED_QUANTILES) {
    const wanted = expected.sojournPct?.[name];
    if (wanted !== undefined) within(`sojourn ${name}`, measured.sojournPct?.[name], wanted, QUANTILE_RELATIVE * wanted);
  }
  return faults;
}

/** Measured over expected, number by number. */
export function detailsOf(measured: Measured, expected: Measured, about = ''): string {
  const pair = (name: string, found: number | undefined, wanted: number | undefined): string[] =>
    found === undefined || wanted === undefined ? [] : [`${about}${name} ${found.toPrecision(4)}/${wanted.toPrecision(4)}`];
  const names = ['utilisation', 'L', 'Lq', 'W', 'Wq', 'pWait'] as const;
  return [
    ...names.flatMap((name) => pair(name, measured[name], expected[name])),
    ...QUANTILES.flatMap(([name]) => pair(name, measured.sojournPct?.[name], expected.sojournPct?.[name])),
  ].join('  ');
}
