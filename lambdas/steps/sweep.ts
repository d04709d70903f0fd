import { createHash } from 'node:crypto';
import { type Instant, iso } from '../core/duration.ts';
import type { AlarmInAlarm, Alarms, SignalRules, SweepMetrics } from '../core/ports.ts';
import type { StandingAlarm } from '../core/standing-alarm.ts';
import { collectedFailures } from './collected-failures.ts';
import { type ConcludeBrokenPorts, concludeBroken } from './conclude-broken.ts';
import { failuresOf, fulfilled, severalAtOnce } from './several-at-once.ts';
import { payStormDebts } from './tell-of-storm.ts';

export interface SweepPorts extends ConcludeBrokenPorts {
  readonly alarms: Pick<Alarms, 'inAlarm' | 'contributorsInAlarm'>;
  readonly rules: SignalRules;
  readonly sweepMetrics: SweepMetrics;
}

/** What a sweep found. */
export interface SweepReport {
  readonly watched: number;
  readonly inAlarm: number;
  readonly told: number;
  readonly repaired: readonly string[];
}

/** In a storm most alarms have their incidents; the order differs from sweep to sweep, so that each alarm has its turn. */
const MOST_TOLD = 1_000;

/** Alarms whose contributors are read at once. */
const READ_AT_ONCE = 10;

/**
 * Repairs the pipeline's own state, and acts on no target: tells the rules again of every alarm that is in ALARM, so that
 * intake takes up what was lost, concludes incidents whose workflow broke, and tells of storms whose lead did not. Each part is tried, also
 * after another one failed; then the sweep fails, without a heartbeat, and the next one tries again.
 */
export async function sweep(ports: SweepPorts, now: Instant): Promise<SweepReport> {
  const { failures, tryTo, answerOf, throwIfAny } = collectedFailures();
  const told = await answerOf(() => tellAgain(ports, failures, now), { watched: 0, inAlarm: 0, told: 0 });
  const repaired = await answerOf(() => concludeBroken(ports, failures, now), []);
  // Afterwards: what broke may have been the lead of a storm, whose conclusion tells of it.
  await tryTo(() => payStormDebts(ports, failures, now));
  if (repaired.length > 0) {
    const text = `concluded ${repaired.length} incidents whose workflow had broken`;
    await tryTo(() => ports.history.write({ at: iso(now), kind: 'sweep', policy: '(all)', text, incidents: repaired }));
  }
  ports.sweepMetrics.repairs(repaired.length);
  throwIfAny('the sweep was not complete');
  ports.sweepMetrics.heartbeat();
  return { ...told, repaired };
}

async function tellAgain(ports: SweepPorts, failures: unknown[], now: Instant): Promise<Omit<SweepReport, 'repaired'>> {
  const watched = await ports.rules.watchedAlarms();
  const inAlarm = (await ports.alarms.inAlarm(watched)).filter(({ quieted }) => !quieted);
  const read = await severalAtOnce(READ_AT_ONCE, inAlarm, (alarm) => standingOf(alarm, ports));
  failures.push(...failuresOf(read));
  const standing = fulfilled(read).flat();
  const dated = standing.filter(({ since }) => !Number.isNaN(since));
  if (dated.length < standing.length)
    failures.push(new Error(`${standing.length - dated.length} alarms do not say since when they are in ALARM`));
  const told = inTurn(dated, now).slice(0, MOST_TOLD);
  await ports.rules.tellAgain(told);
  return { watched: watched.length, inAlarm: inAlarm.length, told: told.length };
}

/** An alarm over many series is its contributors: only they name a target. */
async function standingOf(
  { alarmName, since, reason, manySeries }: AlarmInAlarm,
  { alarms }: SweepPorts,
): Promise<readonly StandingAlarm[]> {
  const whole: StandingAlarm = { alarmName, since, reason };
  if (!manySeries) return [whole];
  const { contributors } = await alarms.contributorsInAlarm(alarmName);
  if (contributors.length === 0) return [whole];
  return contributors.map(({ id, attributes, since, reason }) => ({ alarmName, since, reason, contributor: { id, attributes } }));
}

/** Shuffles by the moment, so that no alarm comes last in every sweep. */
function inTurn(standing: readonly StandingAlarm[], now: Instant): readonly StandingAlarm[] {
  const turn = ({ alarmName, contributor }: StandingAlarm) =>
    createHash('sha256')
      .update(`${now} ${alarmName} ${contributor?.id ?? ''}`)
      .digest('hex');
  return standing
    .map((alarm) => ({ alarm, turn: turn(alarm) }))
    .toSorted((left, right) => (left.turn < right.turn ? -1 : 1))
    .map(({ alarm }) => alarm);
}
