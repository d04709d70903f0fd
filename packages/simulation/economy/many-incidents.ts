import { type Bill, billOf } from './bill.ts';
import { playIncident } from './one-incident.ts';

/** Enough for the shares of one in twenty. */
const INCIDENTS = 100;

/** A figure over many incidents. */
export interface Spread {
  readonly median: number;
  /** One in twenty is below the first, one in twenty above the last. */
  readonly from: number;
  readonly to: number;
}

export interface ManyIncidents {
  readonly count: number;
  /** The one in the middle, by its cost. */
  readonly typical: Bill;
  readonly transitions: Spread;
  readonly tableRequests: Spread;
  readonly tableOperations: Spread;
  readonly roundTrips: Spread;
  readonly calls: Spread;
  readonly dollars: Spread;
  /** Requests of an incident on average, as `service:Action`. */
  readonly requests: ReadonlyMap<string, number>;
}

let played: Promise<ManyIncidents> | undefined;

/** Plays the same incident with many durations, once a process. */
export function manyIncidents(): Promise<ManyIncidents> {
  played ??= play();
  return played;
}

async function play(): Promise<ManyIncidents> {
  const bills: Bill[] = [];
  for (let seed = 1; seed <= INCIDENTS; seed += 1) bills.push(billOf(await playIncident(seed)));
  const byCost = bills.toSorted((left, right) => left.dollars - right.dollars);
  const typical = byCost[Math.floor(INCIDENTS / 2)];
  if (!typical) throw new Error('no incident was played');
  const spread = (of: (bill: Bill) => number) => spreadOf(bills.map(of));
  return {
    count: INCIDENTS,
    typical,
    transitions: spread(({ transitions }) => transitions),
    tableRequests: spread(({ tableRequests }) => tableRequests),
    tableOperations: spread(({ tableOperations }) => tableOperations),
    roundTrips: spread(({ roundTrips }) => roundTrips),
    calls: spread(({ shares }) => shares.reduce((total, { calls }) => total + calls, 0)),
    dollars: spread(({ dollars }) => dollars),
    requests: averages(bills.map(({ requests }) => requests)),
  };
}

function averages(counts: readonly Readonly<Record<string, number>>[]): ReadonlyMap<string, number> {
  const names = new Set(counts.flatMap((each) => Object.keys(each)));
  return new Map([...names].map((name) => [name, counts.reduce((sum, each) => sum + (each[name] ?? 0), 0) / counts.length]));
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), from: at(0.05), to: at(0.95) };
}
