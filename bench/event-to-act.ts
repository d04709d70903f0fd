import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedCall } from '@self-healing/local-aws/gateway/call-record.ts';
import { killFunction } from '@self-healing/local-aws/testing/lambda-processes.ts';
import { BEFORE_THE_ACT, measured } from './app/measured.ts';
import { awsEstimate, estimateNotes } from './aws-estimate.ts';
import { type BenchAccount, openBenchAccount } from './bench-account.ts';
import type { Part, PartResult, ResultTable } from './part.ts';
import { covered, type Distribution, distributionOf, percentile, rounds } from './statistics.ts';

/**
 * What is measured in turns, so that whatever else the machine does befalls all of them alike: first the warm ones, whose processes are
 * those of the events before, then the cold ones.
 */
const SERIES = [
  { name: 'floor, warm', who: 'floor', isCold: false, sleeps: false },
  { name: 'pipeline, warm', who: 'pipeline', isCold: false, sleeps: false },
  { name: 'pipeline, warm, with MiniStack’s sleep', who: 'pipeline', isCold: false, sleeps: true },
  { name: 'floor, cold', who: 'floor', isCold: true, sleeps: false },
  { name: 'pipeline, cold', who: 'pipeline', isCold: true, sleeps: false },
  { name: 'pipeline, cold, with MiniStack’s sleep', who: 'pipeline', isCold: true, sleeps: true },
] as const;

type Series = (typeof SERIES)[number];

/** A function that was killed must be gone, and one that was answered must have written its lines, before the next event. */
const PAUSE_MS = 150;

/** An act that does not come is told of, and never waited for. */
const ACT_WITHIN_MS = 60_000;

interface Measurement {
  readonly milliseconds: number;
  readonly calls: readonly RecordedCall[];
}

export const eventToAct: Part = {
  name: 'event-to-act',
  title: 'from an alarm’s event to the act, beside a bare rule with one function and one SendCommand, warm and cold',
  async run(context) {
    const { events, say, signal } = context;
    const account = await openBenchAccount(SERIES.length * events + SERIES.length, context);
    const found = new Map<string, Measurement[]>(SERIES.map(({ name }) => [name, []]));
    const machines = account.instances.values();
    for (const isCold of [false, true]) {
      const turns = SERIES.filter((series) => series.isCold === isCold);
      // The first of each is not counted: functions are placed, models are read.
      for (let event = -1; event < events; event += 1) {
        if (event % 10 === 0) say(`event ${event} of ${events} in each of ${turns.length} ${isCold ? 'cold' : 'warm'} series`);
        for (const series of turns) {
          signal.throwIfAborted();
          const { value: machine } = machines.next();
          if (machine === undefined) throw new Error('there are no machines left');
          const measurement = await measure(account, series, machine);
          if (event >= 0) found.get(series.name)?.push(measurement);
        }
      }
    }
    return resultOf(found);
  },
};

async function measure(account: BenchAccount, series: Series, machine: string): Promise<Measurement> {
  await setSleep(account, series.sleeps);
  // Its own functions only: the other's next event may have to find them warm.
  const functions = series.who === 'floor' ? [measured.floor.function] : BEFORE_THE_ACT;
  if (series.isCold) for (const name of functions) killFunction(name, account.upstreamPort);
  await sleep(PAUSE_MS);
  const before = account.aws.calls().length;
  const sentAt = await (series.who === 'floor' ? account.sendBare(machine) : account.loseService(machine));
  const late = new AbortController();
  const actedAt = await Promise.race([account.commanded(machine), tooLate(series.name, late.signal)]).finally(() => late.abort());
  const calls = account.aws.calls().slice(before);
  await account.forgetIncidents();
  return { milliseconds: actedAt - sentAt, calls };
}

async function tooLate(what: string, signal: AbortSignal): Promise<never> {
  await sleep(ACT_WITHIN_MS, undefined, { signal });
  throw new Error(`${what}: no act within ${ACT_WITHIN_MS / 1_000} s`);
}

async function setSleep({ upstreamPort }: BenchAccount, sleeps: boolean): Promise<void> {
  const body = JSON.stringify({ sleepSeconds: sleeps ? 0.15 : 0 });
  const response = await fetch(`http://127.0.0.1:${upstreamPort}/_local-aws/execution-start`, { method: 'POST', body });
  if (!response.ok) throw new Error(`the local AWS keeps its sleep: ${response.status}`);
}

const milliseconds = (value: number) => value.toFixed(value < 10 ? 1 : 0);

function resultOf(found: ReadonlyMap<string, readonly Measurement[]>): PartResult {
  const rows = SERIES.map((series) => {
    const all = found.get(series.name) ?? [];
    return { ...series, distribution: distributionOf(all.map((each) => each.milliseconds)), calls: callsOf(all) };
  });
  const timesFloor = ({ isCold, distribution }: Row, which: 'p50' | 'least') =>
    distribution[which] / (rows.find((row) => row.who === 'floor' && row.isCold === isCold)?.distribution[which] ?? Number.NaN);
  const times = rows.map((row) => ({ ...row, times: timesFloor(row, 'p50'), byLeast: timesFloor(row, 'least') }));
  return {
    figures: { series: times, awsEstimate: awsEstimate(requireRounds(rows, 'pipeline'), requireRounds(rows, 'floor')) },
    tables: [timesTable(times), restTable(rows), estimateTable(requireRounds(rows, 'pipeline'), requireRounds(rows, 'floor'))],
  };
}

type Row = Series & { readonly distribution: Distribution; readonly calls: Calls };

function timesTable(rows: readonly (Row & { readonly times: number; readonly byLeast: number })[]): ResultTable {
  return {
    title: 'Event to act, milliseconds',
    head: ['series', 'events', 'p50', 'p95', 'p99', 'least', 'most', 'times the floor', 'by the least'],
    rows: rows.map(({ name, distribution: { count, p50, p95, p99, least, most }, times, byLeast }) => [
      ...[name, String(count), milliseconds(p50), milliseconds(p95), milliseconds(p99), milliseconds(least), milliseconds(most)],
      ...[times.toFixed(1), byLeast.toFixed(1)],
    ]),
    notes: [
      'From the moment in which CloudWatch hands over the event to the arrival of SendCommand. All series in turns, on one local AWS,',
      'in a fleet of six machines; what was there of an incident is taken away before the next one.',
      'MiniStack sleeps 150 ms before the first state of every execution, which is its own invention: the series without it had that',
      'sleep taken away in the running server (POST /_local-aws/execution-start), not subtracted. Cold: the processes of all functions',
      'between event and act were killed before the event. Beside other programs the least says more than the median.',
    ],
  };
}

interface Calls {
  /** Calls until the act, at the median. */
  readonly count: number;
  /** Of which one waits for the other. */
  readonly rounds: number;
  /** Milliseconds in which at least one call was at the gateway or behind it. */
  readonly atTheDoor: number;
  readonly byAction: Readonly<Record<string, number>>;
}

function callsOf(measurements: readonly Measurement[]): Calls {
  const spans = measurements.map(({ calls }) =>
    calls.map(({ time, durationMs }) => ({ from: Date.parse(time), to: Date.parse(time) + Math.max(durationMs, 0.5) })),
  );
  const counts: Record<string, number> = {};
  for (const { calls } of measurements)
    for (const { service, action } of calls)
      counts[`${service}:${action}`] = (counts[`${service}:${action}`] ?? 0) + 1 / measurements.length;
  return {
    count: percentile(
      spans.map(({ length }) => length),
      50,
    ),
    rounds: percentile(spans.map(rounds), 50),
    atTheDoor: percentile(spans.map(covered), 50),
    byAction: Object.fromEntries(Object.entries(counts).toSorted(([, left], [, right]) => right - left)),
  };
}

function requireRounds(rows: readonly Row[], who: Series['who']): number {
  const row = rows.find((each) => each.who === who && !each.isCold && !each.sleeps);
  if (!row) throw new Error(`nothing was measured of ${who}`);
  return row.calls.rounds;
}

function restTable(rows: readonly Row[]): ResultTable {
  const actions = rows.find(({ who, isCold }) => who === 'pipeline' && !isCold)?.calls.byAction ?? {};
  return {
    title: 'Where the time goes, at the median',
    head: ['series', 'calls', 'one after the other', 'ms in calls', 'ms outside of calls'],
    rows: rows.map(({ name, distribution, calls }) => [
      ...[name, String(calls.count), String(calls.rounds), milliseconds(calls.atTheDoor)],
      milliseconds(Math.max(0, distribution.p50 - calls.atTheDoor)),
    ]),
    notes: [
      'By the gateway’s record until the act was answered, so that calls beside the way, such as the history’s, count where they were made',
      'before it. Outside of calls: the functions’ own work, their starts, and MiniStack between rule, function and workflow.',
      `Calls of an event, warm: ${Object.entries(actions)
        .map(([action, count]) => `${action} ${count.toFixed(1).replace(/\.0$/, '')}`)
        .join(', ')}`,
    ],
  };
}

function estimateTable(pipeline: number, floor: number): ResultTable {
  const estimate = awsEstimate(pipeline, floor);
  return {
    title: 'On AWS, warm: an estimate from the round trips counted, not a measurement',
    head: ['', 'round trips', 'functions', 'states', 'ms', 'times the floor'],
    rows: [
      ['floor', String(floor), '1', '0', estimate.floor.toFixed(0), '1.0'],
      [
        'pipeline',
        String(pipeline),
        '3',
        String(estimate.states),
        estimate.pipeline.toFixed(0),
        (estimate.pipeline / estimate.floor).toFixed(1),
      ],
    ],
    notes: estimateNotes,
  };
}
