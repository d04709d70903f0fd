import { setTimeout as sleep } from 'node:timers/promises';
import { invokeFunction } from '@self-healing/local-aws/gateway/invoke-function.ts';
import { randomFor } from '@self-healing/simulation/random.ts';
import { RUNNING } from '../../lambdas/core/pause.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Ending } from '../stage/stage.ts';
import { ActRecord } from './act.ts';
import { afterAll } from './aftermath.ts';
import { CallChaos, type Outage } from './call-chaos.ts';
import { type ChaosStage, chaosPorts, setChaosStage } from './chaos-stage.ts';
import { EventChaos } from './event-chaos.ts';
import { broken, type GuardrailBreak } from './guardrail-breaks.ts';
import type { Aftermath, Happenings, Sweep, Violation } from './invariants/invariant.ts';
import { invariants, lastingInvariants } from './invariants/registry.ts';
import { FLEET_SIZE, SimulatedAccount } from './simulated-account.ts';
import { fleetSymptoms } from './symptoms.ts';
import { Tally } from './tally.ts';
import { Troublemaker } from './troublemaker.ts';
import { WrittenAttempts } from './written-attempts.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long trouble is made. */
  readonly milliseconds: number;
  readonly broken?: GuardrailBreak;
  readonly recordFile: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a run of chaos has to show. */
export interface ChaosRun {
  readonly startedAt: number;
  /** How long trouble was made: as long as was asked for, or longer on a machine too busy to meet it. */
  readonly milliseconds: number;
  readonly injected: Readonly<Record<string, number>>;
  readonly struck: CallChaos['struck'];
  readonly attempts: WrittenAttempts;
  readonly aftermath: Aftermath;
  /** Whether all was over in the end; a violation stops a run at once, and then nothing can be said of ends. */
  readonly isOver: boolean;
  readonly violations: readonly Violation[];
}

/** As often as the sweep of every five minutes comes in shortened time. */
const SWEEP_EVERY_MS = 10_000;
const MEASURE_EVERY_MS = 1_000;
const JUDGE_EVERY_MS = 500;
/** Waiting incidents look again every second and end when the symptom is gone; the rest is room for a busy machine. */
const DRAIN_AT_MOST_MS = 300_000;

/** Ten seconds on a machine with nothing else to do. */
const FIRST_REPAIR_AT_MOST_MS = 300_000;
/** The cooldown, and the way to an act after it. */
const RELAPSE_AT_MOST_MS = 40_000;

/** What each run has met before it may end: nothing is shown by a run that met no trouble. */
const MET_BY_EACH_RUN = [
  'throttled',
  'answered 5xx',
  'delayed',
  'dynamodb unavailable',
  'event lost',
  'event duplicated',
  'event late or out of order',
] as const;
/**
 * On a machine too busy for the pipeline's calls trouble goes on until it has met them, and with a guardrail broken until that is found,
 * for so many times the given time at most.
 */
const LONGER_AT_MOST = 5;

/** When things happen, as shares of the time. */
const SCHEDULE = { table: 0.25, topic: 0.42, pause: [0.6, 0.75] } as const;
const OUTAGE_SHARE = 0.05;

/** Deploys the stack, makes trouble from the seed, and judges what was done. Every part that was started is put on `endings`. */
export async function runChaos(options: ChaosOptions, endings: Ending[]): Promise<ChaosRun> {
  const { seed, say } = options;
  const tally = new Tally();
  const acts = new ActRecord();
  const account = new SimulatedAccount(acts, randomFor(seed, 'machines'));
  const attempts = new WrittenAttempts();
  const outages: Outage[] = [];
  const ports = await chaosPorts();
  const calls = new CallChaos(randomFor(seed, 'calls'), outages, tally, ports[1]);
  const stage = await setChaosStage(
    {
      ...options,
      account,
      acts,
      disturb(call) {
        attempts.see(call);
        const deceived = options.broken?.deceive?.(call) ?? 'pass';
        return deceived === 'pass' ? calls.disturb(call) : deceived;
      },
      judged: livelier,
      deployed: (policy) => (options.broken ? broken(policy, options.broken) : policy),
    },
    ports,
    endings,
  );
  const events = new EventChaos(stage.upstream, randomFor(seed, 'events'), tally);
  const sweeps: Sweep[] = [];
  endings.push(startClocks(stage, account, events, sweeps, tally));
  const pauses: { from: number; until: number }[] = [];
  const happenings = (): Happenings => ({
    acts: acts.acts,
    policies: stage.policies,
    attemptOf: (act) => attempts.of(act),
    pauses,
    excluded: [`instance#${account.excluded.id}`],
    fleetSize: FLEET_SIZE + 1,
    now: Date.now(),
  });
  const judge = () => invariants.flatMap((invariant) => invariant.violations(happenings()));

  say('one repair without trouble, so that the functions are started');
  await actOnLast(account, acts, options.signal, FIRST_REPAIR_AT_MOST_MS);
  if (options.broken) {
    say('the same machine falls ill once more, so that a cooldown that is broken can be seen');
    await actOnLast(account, acts, options.signal, RELAPSE_AT_MOST_MS);
  }
  const startedAt = Date.now();
  planOutages(outages, startedAt, options.milliseconds);
  say(
    `making trouble for ${Math.round(options.milliseconds / 1_000)} s from seed ${seed}${options.broken ? `; on purpose ${options.broken.how}` : ''}`,
  );
  calls.active = true;
  events.active = true;
  let found: readonly Violation[] = [];
  const hasShown = () => options.broken === undefined && MET_BY_EACH_RUN.every((kind) => tally.has(kind));
  const isLongEnough = (now: number) => now >= startedAt + (hasShown() ? 1 : LONGER_AT_MOST) * options.milliseconds;
  const goOn = () => found.length === 0 && !options.signal.aborted && !isLongEnough(Date.now());
  const watching = (async () => {
    while (goOn()) {
      found = judge();
      await sleep(JUDGE_EVERY_MS);
    }
  })();
  await Promise.all([
    new Troublemaker(account, randomFor(seed, 'symptoms'), tally).run(goOn),
    watching,
    pauseMidway(stage, pauses, startedAt, options.milliseconds, goOn, tally),
  ]);
  options.signal.throwIfAborted();

  calls.active = false;
  events.active = false;
  const milliseconds = Date.now() - startedAt;
  if (found.length === 0) {
    say('no more trouble: waiting until every incident has ended');
    for (const machine of [...account.fleet, account.excluded]) machine.node.agentOnline = true;
    for (const fault of account.faults.present()) account.faults.end(fault, 'the end of the trouble');
    await events.settled();
  }
  const aftermath = await afterAll(
    stage,
    happenings,
    { faults: account.faults.all, sweeps },
    found.length === 0 ? DRAIN_AT_MOST_MS : 0,
    options.signal,
  );
  const judged = [...judge(), ...(found.length === 0 ? lastingInvariants.flatMap((invariant) => invariant.violations(aftermath)) : [])];
  return {
    startedAt,
    milliseconds,
    injected: tally.all(),
    struck: calls.struck,
    attempts,
    aftermath,
    isOver: found.length === 0,
    violations: judged,
  };
}

/** Makes the last machine ill, and resolves when it was acted on anew; what does not happen in time will happen amid the trouble. */
async function actOnLast(account: SimulatedAccount, { acts }: ActRecord, signal: AbortSignal, atMostMs: number): Promise<void> {
  const target = `instance#${account.fleet.at(-1)?.id}`;
  const over = () => acts.filter((act) => act.target === target && act.endedAt !== undefined).length;
  const before = over();
  const deadline = Date.now() + atMostMs;
  account.faults.begin(target, fleetSymptoms.serviceDown, 2 * atMostMs);
  while (over() === before && Date.now() < deadline) {
    signal.throwIfAborted();
    await sleep(200);
  }
}

/** Metrics, alarms and the sweep, at their shortened pace. Returns what stops them. */
function startClocks(stage: ChaosStage, account: SimulatedAccount, events: EventChaos, sweeps: Sweep[], tally: Tally): Ending {
  const measure = () => account.measure(stage.cloudwatch.metrics);
  measure();
  const measuring = setInterval(measure, MEASURE_EVERY_MS);
  stage.cloudwatch.start({ ...stage.upstream, sendEvents: (sent) => events.send(sent) });
  let sweep: Promise<void> | undefined;
  const sweeping = setInterval(() => {
    const from = Date.now();
    sweep ??= invokeFunction(`http://127.0.0.1:${stage.upstreamPort}`, `${fixtures.pipeline}-sweep`)
      .then(({ error }) => error === undefined)
      .catch(() => false)
      .then((isComplete) => {
        sweeps.push({ from, until: Date.now(), isComplete });
        tally.add(isComplete ? 'sweep' : 'sweep not complete');
        sweep = undefined;
      });
  }, SWEEP_EVERY_MS);
  return async () => {
    clearInterval(measuring);
    clearInterval(sweeping);
    await stage.cloudwatch.stop();
    await sweep;
  };
}

function planOutages(outages: Outage[], startedAt: number, milliseconds: number): void {
  const lastsMs = Math.min(8_000, Math.max(2_500, milliseconds * OUTAGE_SHARE));
  const outage = (service: Outage['service'], share: number): Outage => ({ service, from: startedAt + share * milliseconds, lastsMs });
  outages.push(outage('dynamodb', SCHEDULE.table), outage('sns', SCHEDULE.topic));
}

/** Sets the pause switch for a while, as an operator would; again each time that trouble has lasted as long as was asked for. */
async function pauseMidway(
  { upstream }: ChaosStage,
  pauses: { from: number; until: number }[],
  startedAt: number,
  milliseconds: number,
  goOn: () => boolean,
  tally: Tally,
): Promise<void> {
  const set = (Value: string) =>
    upstream.call('ssm', 'PutParameter', { Name: `/self-healing/${fixtures.pipeline}/pause`, Value, Type: 'String', Overwrite: true });
  const [from, until] = SCHEDULE.pause;
  for (let begin = startedAt; goOn(); begin += milliseconds) {
    await untilTime(begin + from * milliseconds, goOn);
    if (!goOn()) return;
    await set('chaos: an operator takes over');
    const paused = { from: Date.now(), until: Number.POSITIVE_INFINITY };
    pauses.push(paused);
    tally.add('pause set and lifted');
    await untilTime(begin + until * milliseconds, goOn);
    paused.until = Date.now();
    await set(RUNNING);
  }
}

async function untilTime(at: number, goOn: () => boolean): Promise<void> {
  while (Date.now() < at && goOn()) await sleep(Math.min(200, Math.max(1, at - Date.now())));
}

/**
 * The shortened policies, so that three minutes have enough to show: the cooldown is longer than what the steps take, so that
 * the invariant can tell; the limits that would stop everything for the rest of the run are tighter and pass sooner.
 */
function livelier(policy: Policy): Policy {
  const { guardrails } = policy;
  const isDatabase = policy.group.kind === 'single' && policy.group.target.kind === 'database';
  return {
    ...policy,
    guardrails: {
      ...guardrails,
      ...(!isDatabase && { cooldown: { seconds: 24 }, attempts: { ...guardrails.attempts, most: 3 } }),
      budget: { acts: 30, per: { seconds: 60 } },
      breaker: { ...guardrails.breaker, openFor: { seconds: 15 } },
      // What is drawn is no storm: within the limits of the default app most incidents would end as part of one, and nothing would act.
      storm: { ...guardrails.storm, percent: 100, targets: 40, exitAfter: { seconds: 15 } },
    },
  };
}
