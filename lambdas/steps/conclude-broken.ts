import { type BrokenWorkflow, dueForRepair, FAILURES_BEFORE_TOLD, type RepairNote } from '../core/broken-workflow.ts';
import { type Duration, type Instant, iso, milliseconds } from '../core/duration.ts';
import { messageOf } from '../core/failure.ts';
import type { HistoryLine } from '../core/history-line.ts';
import { legibleState } from '../core/legible-state.ts';
import { conclude as concludeWith, type Next, withNotes } from '../core/next.ts';
import { brokenNotice, namedIn } from '../core/notice/broken.ts';
import type { BrokenWorkflows, Ending, RepairNotes } from '../core/ports.ts';
import { type End, endFor } from '../core/reasons.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { type ConcludePorts, conclude } from './conclude.ts';
import { failuresOf, severalAtOnce } from './several-at-once.ts';

export interface ConcludeBrokenPorts extends ConcludePorts {
  readonly broken: BrokenWorkflows;
  readonly repairNotes: RepairNotes;
}

/** What broke is looked at for this long; sweeps are minutes apart. */
const LOOKED_AT_FOR: Duration = { days: 1 };

/**
 * Most incidents concluded in one sweep: Step Functions describes 250 executions at once, and then ten a second. A thousand
 * that break together are concluded within half an hour.
 */
export const MOST_CONCLUDED = 200;

/** Incidents concluded at once. */
const CONCLUDED_AT_ONCE = 5;

/**
 * Concludes the incidents of workflows that broke, by the same step and with the same end that they were on the way to: tells people
 * and gives claims back. What such a workflow kept to be given back is reported, since nobody gives it back now. Each that is done is noted,
 * so that the next sweep has room for others. Answers the ids of those that needed it; failures are added to the list.
 */
export async function concludeBroken(ports: ConcludeBrokenPorts, failures: unknown[], now: Instant): Promise<readonly string[]> {
  const since = now - milliseconds(LOOKED_AT_FOR);
  const [broken, notes] = await Promise.all([ports.broken.since(since), ports.repairNotes.since(since)]);
  const due = dueForRepair(broken, notes, MOST_CONCLUDED, now);
  const repaired: string[] = [];
  const concluded = await severalAtOnce(CONCLUDED_AT_ONCE, due, async (each) => {
    if (await repair(each, notes.get(each.incidentId), ports, now)) repaired.push(each.incidentId);
  });
  failures.push(...failuresOf(concluded));
  return repaired;
}

/** Concludes one and notes that it is done, or that it could not be; answers whether anything was left to be done. */
async function repair(broken: BrokenWorkflow, note: RepairNote | undefined, ports: ConcludeBrokenPorts, now: Instant): Promise<boolean> {
  let last: LastWords | undefined;
  try {
    last = await ports.broken.lastWords(broken.incidentId);
    const wasLeft = await finish(broken, last, ports, now);
    await ports.repairNotes.write(broken, { ...note, done: true, failures: note?.failures ?? 0, at: now });
    return wasLeft;
  } catch (error) {
    const failures = (note?.failures ?? 0) + 1;
    await ports.repairNotes.write(broken, { ...note, failures, at: now });
    // What people were told of by name need not keep the sweep from its heartbeat.
    if (note?.told) return false;
    if (failures >= FAILURES_BEFORE_TOLD) {
      await tellOf(broken, last?.state, messageOf(error), ports, now);
      await ports.repairNotes.write(broken, { failures, at: now, told: true });
    }
    throw error;
  }
}

/** What a workflow that broke knew last, and why it broke. */
type LastWords = Awaited<ReturnType<BrokenWorkflows['lastWords']>>;

async function finish(broken: BrokenWorkflow, { state: last, why }: LastWords, ports: ConcludeBrokenPorts, now: Instant): Promise<boolean> {
  const { incidentId: id, how, brokenAt } = broken;
  const state = legibleState(last, { id, now });
  if (!state) {
    await tellOf(broken, last, 'this version of the pipeline cannot read what the workflow knew', ports, now);
    return true;
  }
  const cause = `its workflow ${how}${why === '' ? '' : `: ${why}`}`;
  const ending = await ports.store.ending(id);
  const isOver = isComplete(ending) && (await ports.claims.lease(state.incident.target))?.incident !== id;
  const end = isOver ? ending.end : endOf(await conclude(isOnItsWay(state) ? state : interrupted(state, cause), ports, now));
  if (end !== undefined && end.outcome !== 'recovered') return !isOver;
  const { reportLost } = await import('./give-back/report-lost.ts');
  const wasLost = await reportLost(state, ending?.toldAt ?? brokenAt, cause, ports, now);
  return wasLost || !isOver;
}

/** Absent where something is kept to be given back. */
function endOf(next: Next): End | undefined {
  return next.do === 'end' ? next.end : undefined;
}

function isComplete(ending: Ending | undefined): ending is Ending {
  return ending?.told === true && ending.written;
}

/** Whether the workflow had come to its end and only failed to carry it out. */
function isOnItsWay({ error, next }: WorkflowState): boolean {
  return error !== undefined || next?.do === 'conclude';
}

/** Handed off: what the workflow had done, and what it had not, is known only as far as the attempts say. */
function interrupted({ incident, policy, next }: WorkflowState, why: string): WorkflowState {
  return { incident, policy, next: withNotes(concludeWith(endFor('unexpected-error', why, 0)), next?.notes) };
}

/** Tells people of one that cannot be concluded; what it claimed lapses by itself. */
async function tellOf(broken: BrokenWorkflow, state: unknown, why: string, ports: ConcludeBrokenPorts, now: Instant): Promise<void> {
  const { policy } = namedIn(state);
  const end = { outcome: 'handed-off', reason: 'unexpected-error' };
  const line: HistoryLine = { at: iso(now), kind: 'outcome', policy, incident: broken.incidentId, text: why, ...end };
  await ports.history.write(line);
  await ports.notifier.publish((origin) => brokenNotice(origin, broken, state, why, now));
}
