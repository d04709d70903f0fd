import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedCall } from '@self-healing/local-aws/gateway/call-record.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { nameOf, targetInWords } from '../../lambdas/core/target.ts';
import type { ScenarioResult } from '../report/scenario-result.ts';
import { fixtures } from '../stage/fixtures.ts';
import { isConcluded } from '../stage/incident-records.ts';
import { isReadingCommand } from '../stage/reading-command.ts';
import type { Stage } from '../stage/stage.ts';
import { type Evidence, resultOf } from './evidence.ts';
import type { Scenario } from './scenario.ts';

/** The longest way, through three rungs, takes about 50 s; the rest is room for a busy machine. */
const ENDS_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 300;
const BREAKS_WITHIN_MS = 5_000;
/** An answer that a busy machine gives late looks like none: an end that should not be is believed at the third look. */
const LOOKS_AT_THE_END = 3;

/** The acts that a target can see, as the gateway records them. */
const ACTS = /^(SendCommand|ModifyDBInstance|RebootDBInstance|RebootInstances|SetDesiredCapacity|SetInstanceHealth|ModifyVolume)$/;

/** Plays one scenario: breaks it, lets the pipeline work, and judges by the machine and by the record of calls. */
export async function playScenario(scenario: Scenario, stage: Stage, signal: AbortSignal): Promise<ScenarioResult> {
  const target = scenario.target(stage);
  await before(scenario, stage);
  const faultAt = Date.now();
  const evidence = { scenario, target, faultAt };
  try {
    await scenario.breakIt(stage);
    await untilBroken(scenario, stage);
    await Promise.all([scenario.meanwhile?.(stage, faultAt), untilOutcome(scenario, targetInWords(target), stage, faultAt, signal)]);
    const broken = await isBrokenInTheEnd(scenario, stage);
    await scenario.afterwards?.(stage, faultAt);
    return resultOf({ ...evidence, ...(await gather(scenario, target, stage, faultAt)), broken });
  } catch (error) {
    if (signal.aborted) throw error;
    return resultOf({ ...evidence, ...(await gather(scenario, target, stage, faultAt)), broken: await scenario.isBroken(stage), error });
  } finally {
    if (!signal.aborted) await tidyUp(scenario, stage);
  }
}

async function before(scenario: Scenario, stage: Stage): Promise<void> {
  if (!scenario.before) return;
  await scenario.before(stage);
  await untilQuiet(scenario, stage);
}

/** A killed process is still there for a moment. */
async function untilBroken(scenario: Scenario, stage: Stage): Promise<void> {
  const deadline = Date.now() + BREAKS_WITHIN_MS;
  while (!(await scenario.isBroken(stage))) {
    if (Date.now() > deadline) throw new Error('the fault could not be made');
    await sleep(50);
  }
}

async function isBrokenInTheEnd(scenario: Scenario, stage: Stage): Promise<boolean> {
  const expected = !scenario.endsCured;
  for (let look = 1; look <= LOOKS_AT_THE_END; look += 1) {
    if ((await scenario.isBroken(stage)) === expected) return expected;
    await sleep(LOOK_EVERY_MS);
  }
  return !expected;
}

async function tidyUp(scenario: Scenario, stage: Stage): Promise<void> {
  await scenario.tidyUp?.(stage);
  await untilQuiet(scenario, stage);
}

/** A scenario begins with a quiet alarm, or its own would be no change of state. */
async function untilQuiet(scenario: Scenario, stage: Stage): Promise<void> {
  const deadline = Date.now() + 20_000;
  const alarm = alarmOf(scenario);
  while (stage.cloudwatch.alarms().some(({ name, state }) => name === alarm && state === 'ALARM') && Date.now() < deadline)
    await sleep(LOOK_EVERY_MS);
}

async function untilOutcome(scenario: Scenario, target: string, stage: Stage, faultAt: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + ENDS_WITHIN_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (scenario.expected.outcome === 'no-incident' && (await messagesOf(scenario, scenario.target(stage), stage, faultAt)).length > 0)
      return;
    const lines = await stage.history.since(faultAt);
    const ended = lines.find((line) => line.kind === 'outcome' && line.policy === scenario.policy && line.target === target);
    if (ended?.incident !== undefined && (await isConcluded(ended.incident, stage.gateway.upstream))) return;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`no outcome, or not all that it asks for, within ${ENDS_WITHIN_MS / 1_000} s`);
}

type Gathered = Pick<Evidence, 'lines' | 'acts' | 'messages' | 'alarmAt'>;

async function gather(scenario: Scenario, target: Evidence['target'], stage: Stage, faultAt: number): Promise<Gathered> {
  const name = nameOf(target);
  const words = targetInWords(target);
  // The queue may have a message a moment after it left, and a second one would be a fault.
  await sleep(LOOK_EVERY_MS);
  const lines: readonly HistoryLine[] = (await stage.history.since(faultAt)).filter(
    (line) => line.policy === scenario.policy && line.target === words,
  );
  const messages = await messagesOf(scenario, target, stage, faultAt);
  const alarm = alarmOf(scenario);
  const instance = stage.events.alarmed(alarm, faultAt, target.kind === 'instance' ? target.id : undefined);
  const alarmAt = (instance ?? stage.events.alarmed(alarm, faultAt))?.at;
  const elsewhere = (await scenario.actsElsewhere?.(stage, faultAt)) ?? [];
  const acts = [...actsOn([name, ...volumesOf(name, stage)], stage.gateway.calls(), faultAt), ...elsewhere].toSorted((one, other) =>
    one.at.localeCompare(other.at),
  );
  return { lines, messages, acts, ...(alarmAt !== undefined && { alarmAt }) };
}

async function messagesOf(scenario: Scenario, target: Evidence['target'], stage: Stage, faultAt: number): Promise<Evidence['messages']> {
  return (await stage.mailbox.read()).filter(
    ({ at, body }) => Date.parse(at) >= faultAt && body.includes(nameOf(target)) && body.includes(scenario.policy),
  );
}

function alarmOf({ alarm, policy }: Scenario): string {
  return alarm ?? `${fixtures.pipeline}-${policy}`;
}

/** An act on a volume names no instance. */
function volumesOf(instanceId: string, stage: Stage): readonly string[] {
  return stage.machines.volumes().flatMap(({ id, attachedTo }) => (attachedTo === instanceId ? [id] : []));
}

/** The acts on one target, or what belongs to it, that AWS accepted, from the gateway's record. */
function actsOn(names: readonly string[], calls: readonly RecordedCall[], since: number): Evidence['acts'] {
  return calls.flatMap(({ time, action, status, parameters }) => {
    if (!ACTS.test(action) || isReadingCommand(action, parameters) || Date.parse(time) < since || status !== 200) return [];
    const given = parameters as Readonly<Record<string, unknown>>;
    const name = names.find((each) => JSON.stringify(given).includes(`"${each}"`));
    if (name === undefined) return [];
    const words: Readonly<Record<string, unknown>> = {
      SendCommand: given.DocumentName,
      RebootDBInstance: name,
      ModifyDBInstance: `${name} ${given.AllocatedStorage}`,
      SetDesiredCapacity: `${name} ${given.DesiredCapacity}`,
      SetInstanceHealth: given.HealthStatus,
      ModifyVolume: `${given.Size} GiB`,
    };
    return [{ at: time, call: [action, words[action]].filter((word) => word !== undefined).join(' ') }];
  });
}
