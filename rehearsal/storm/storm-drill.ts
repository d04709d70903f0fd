import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsEvent } from '@self-healing/local-aws/gateway/service.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { processPattern } from '../../lib/symptoms/process-pattern.ts';
import type { SentMessage } from '../report/scenario-result.ts';
import { instanceOf, kill } from '../scenarios/fleet-node.ts';
import { fleetDimensions } from '../stage/agent-metrics.ts';
import { deadLetterQueues } from '../stage/dead-letters.ts';
import { fixtures } from '../stage/fixtures.ts';
import { isConcluded } from '../stage/incident-records.ts';
import { isReadingCommand } from '../stage/reading-command.ts';
import type { Stage } from '../stage/stage.ts';

export interface StormDrill {
  /** Alarm events at once. At least half of them are deliveries of the same event again, as EventBridge may make them. */
  readonly events: number;
  readonly say: (line: string) => void;
}

/** What became of a storm, by the history, the mailbox, the queues and the gateway's record of calls. */
export interface StormAccount {
  readonly events: number;
  readonly members: number;
  readonly groupSize: number;
  /** Seconds from the first event to the last end. */
  readonly seconds: number;
  /** Ends of the incidents of the storm, by reason. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly duplicates: number;
  /** Targets that were acted on while it was going on, and before. */
  readonly acted: readonly string[];
  readonly messages: readonly SentMessage[];
  readonly deadLetters: number;
  readonly openIncidents: number;
}

const POLICY = 'Fleet-service-down';
const ALARM = `${fixtures.pipeline}-${POLICY}`;

/** An alarm looks at 500 series, as many as `largestFleet` has members by default; some are those of other instances. */
const MOST_HIT = 470;

/** Members that stay well, in another zone, so that there is something to compare with. */
const WELL = 18;

/** Each event takes about four function calls of a tenth of a second, ten at a time; the rest is room for a busy machine. */
const MILLISECONDS_PER_EVENT = 1_500;
const LEAST_MILLISECONDS = 600_000;

const LOOK_EVERY_MS = 1_000;

/** Twice in each shortened period. */
const REPORT_EVERY_MS = 1_000;

/**
 * Kills the service of both nodes for real and lets the pipeline act on them; then lets hundreds of members, which are
 * records without a machine, report the same symptom in the same evaluation, and delivers their events once more.
 */
export async function playStorm(stage: Stage, { events, say }: StormDrill): Promise<StormAccount> {
  const startedAt = Date.now();
  const hit = Math.min(Math.ceil(events / 2), MOST_HIT);
  const sick = stage.machines.enlist(hit, 'us-east-1a');
  const well = stage.machines.enlist(WELL, 'us-east-1b');
  const running = new Map([...sick, ...well].map((id) => [id, 1]));
  const reports = report(stage, running);
  try {
    say(`killing the service of ${fixtures.fleet.join(' and ')}`);
    await Promise.all(fixtures.fleet.map((name) => kill(stage, name)));
    await until('both nodes were acted on', 60_000, async () => actedOn(stage, startedAt).length >= fixtures.fleet.length);
    say(`${hit} members lose their service at once, and ${events - hit} of their events are delivered again`);
    for (const id of sick) running.set(id, 0);
    const ids = new Set(sick);
    const sent = () => stage.events.entered(ALARM, ids);
    await until('the alarm went off for all', 60_000, async () => sent().length >= hit);
    const firstAt = Date.now();
    await deliverAgain(stage, sent(), events - hit);
    const patience = Math.max(LEAST_MILLISECONDS, events * MILLISECONDS_PER_EVENT);
    await until('all incidents ended', patience, async () => (await endsOf(stage, startedAt, sick)).size >= hit);
    const seconds = Math.round((Date.now() - firstAt) / 1_000);
    await until('all deliveries were taken in', patience, async () => (await duplicatesOf(stage, startedAt)) >= events - hit);
    return await accountOf(stage, { startedAt, events, sick, groupSize: hit + WELL + fixtures.fleet.length + 1, seconds });
  } finally {
    for (const id of sick) running.set(id, 1);
    await Promise.all(fixtures.fleet.map((name) => stage.machines.named(name).exec(['systemctl', 'restart', 'web.service'])));
    await until('the alarm is quiet', 60_000, async () =>
      stage.cloudwatch.alarms().some(({ name, state }) => name === ALARM && state !== 'ALARM'),
    );
    clearInterval(reports);
    stage.machines.dismiss([...sick, ...well]);
    say('nothing of this symptom is repaired in the fleet until the storm is over, in 15 minutes');
  }
}

/** Puts the number of processes as the members' agents would. */
function report(stage: Stage, running: ReadonlyMap<string, number>): NodeJS.Timeout {
  const put = () => {
    const atMs = Date.now();
    for (const [instanceId, count] of running) {
      const datapoint = { atMs, sum: count, count: 1, min: count, max: count, values: [[count, 1]] as const, unit: 'Count' };
      stage.cloudwatch.metrics.put(
        'CWAgent',
        'procstat_lookup_pid_count',
        fleetDimensions(instanceId, { exe: processPattern(fixtures.service) }),
        datapoint,
      );
    }
  };
  put();
  return setInterval(put, REPORT_EVERY_MS);
}

async function deliverAgain(stage: Stage, sent: readonly AwsEvent[], times: number): Promise<void> {
  const again = Array.from({ length: times }, (_, index) => sent[index % sent.length]).filter((event) => event !== undefined);
  await stage.gateway.upstream.sendEvents(again);
}

async function until(what: string, withinMs: number, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not within ${Math.round(withinMs / 1_000)} s: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function actedOn(stage: Stage, since: number): readonly string[] {
  const sent = stage.gateway
    .calls()
    .filter(
      ({ action, parameters, time, status }) =>
        action === 'SendCommand' && !isReadingCommand(action, parameters) && Date.parse(time) >= since && status === 200,
    );
  return sent.map(({ parameters }) => /i-[0-9a-f]{17}/.exec(JSON.stringify(parameters))?.[0] ?? 'unknown');
}

async function linesOf(stage: Stage, since: number): Promise<readonly HistoryLine[]> {
  return (await stage.history.since(since)).filter(({ policy }) => policy === POLICY);
}

/** How the first incident on each of these members ended, by target; the sweep may take one up again later. */
async function endsOf(stage: Stage, since: number, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const targets = new Set(ids.map((id) => `instance ${id}`));
  const ends = (await linesOf(stage, since)).filter(({ kind, target }) => kind === 'outcome' && targets.has(target ?? ''));
  return new Map(ends.toReversed().map(({ target, reason }) => [target ?? '', String(reason)]));
}

async function duplicatesOf(stage: Stage, since: number): Promise<number> {
  return (await linesOf(stage, since)).filter(({ reason }) => reason === 'duplicate-delivery').length;
}

interface Simulated {
  readonly startedAt: number;
  readonly events: number;
  readonly sick: readonly string[];
  readonly groupSize: number;
  readonly seconds: number;
}

async function accountOf(stage: Stage, { startedAt, events, sick, groupSize, seconds }: Simulated): Promise<StormAccount> {
  const nodes = new Set(fixtures.fleet.map((name) => `instance ${instanceIdOf(stage, name)}`));
  const isOver = async () => {
    const ended = (await linesOf(stage, startedAt)).filter(({ kind, target }) => kind === 'outcome' && nodes.has(target ?? ''));
    const concluded = await Promise.all(ended.map(({ incident = '' }) => isConcluded(incident, stage.gateway.upstream)));
    return new Set(ended.map(({ target }) => target)).size === nodes.size && concluded.every(Boolean);
  };
  await until('the incidents of the nodes ended', 60_000, isOver);
  const lines = await linesOf(stage, startedAt);
  const opened = new Set(lines.filter(({ kind }) => kind === 'signal').map(({ incident }) => incident));
  const ended = new Set(lines.filter(({ kind }) => kind === 'outcome').map(({ incident }) => incident));
  const outcomes: Record<string, number> = {};
  for (const reason of (await endsOf(stage, startedAt, sick)).values()) outcomes[reason] = (outcomes[reason] ?? 0) + 1;
  return {
    ...{ events, members: sick.length, groupSize, seconds, outcomes },
    duplicates: await duplicatesOf(stage, startedAt),
    acted: actedOn(stage, startedAt),
    messages: (await stage.mailbox.read()).filter(({ at, body }) => Date.parse(at) >= startedAt && body.includes(POLICY)),
    deadLetters: await deadLettersOf(stage),
    openIncidents: [...opened].filter((incident) => !ended.has(incident)).length,
  };
}

function instanceIdOf(stage: Stage, name: string): string {
  const target = instanceOf(stage.machines.named(name));
  return target.kind === 'instance' ? target.id : '';
}

/** Messages in all queues of the pipeline. */
async function deadLettersOf({ gateway: { upstream } }: Stage): Promise<number> {
  const queues = await deadLetterQueues(upstream);
  const counts = queues.map(async (QueueUrl) => {
    const { Attributes } = (await upstream.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })) as {
      Attributes: Readonly<Record<string, string>>;
    };
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** The account in a few lines, as `npm run local` prints it. */
export function stormText(account: StormAccount): string {
  const ends = Object.entries(account.outcomes).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${account.events} alarm events of ${account.members} of ${account.groupSize} members, all incidents ended after ${account.seconds} s`,
    `  ended         ${ends.join(', ')}; ${account.duplicates} duplicate deliveries`,
    `  acted on      ${account.acted.length} targets`,
    `  messages      ${account.messages.map(({ subject }) => subject).join('; ')}`,
    `  dead letters  ${account.deadLetters}`,
    `  still open    ${account.openIncidents}`,
  ].join('\n');
}
