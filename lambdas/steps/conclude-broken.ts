import { type Duration, type Instant, milliseconds } from '../core/duration.ts';
import { conclude as concludeWith } from '../core/next.ts';
import type { BrokenWorkflow, BrokenWorkflows, Ending } from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { type WorkflowState, workflowStateSchema } from '../core/workflow-state.ts';
import { type ConcludePorts, conclude } from './conclude.ts';

export interface ConcludeBrokenPorts extends ConcludePorts {
  readonly broken: BrokenWorkflows;
}

/** What broke is looked at for this long; sweeps are minutes apart. */
const LOOKED_AT_FOR: Duration = { days: 1 };

/** Leases and slots that were not given back lapse within about this time. */
const CLAIMS_LOOKED_AT_FOR: Duration = { hours: 1 };

/** A function that the workflow had called may still be at work after it was aborted, for as long as functions may run. */
const LEFT_ALONE_FOR: Duration = { seconds: 90 };

/** Most incidents concluded in one sweep, each in about ten calls. */
const MOST_CONCLUDED = 100;

/** Incidents whose endings are read at once. */
const READ_AT_ONCE = 25;

/**
 * Concludes the incidents of workflows that broke, by the same step and with the same end that they were on the way to:
 * tells people and gives claims back. What is complete is left alone. Answers their ids; failures are added to the list.
 */
export async function concludeBroken(ports: ConcludeBrokenPorts, failures: unknown[], now: Instant): Promise<readonly string[]> {
  const broken = await ports.broken.since(now - milliseconds(LOOKED_AT_FOR));
  const settled = broken.filter(({ brokenAt }) => brokenAt <= now - milliseconds(LEFT_ALONE_FOR));
  const repaired: string[] = [];
  for (const each of (await unfinished(settled, ports, now)).slice(0, MOST_CONCLUDED)) {
    try {
      if (await finish(each, ports, now)) repaired.push(each.incidentId);
    } catch (error) {
      failures.push(error);
    }
  }
  return repaired;
}

interface Unfinished extends BrokenWorkflow {
  readonly ending: Ending | undefined;
}

/** Those that were not concluded, not told of, or broke so lately that a claim may be left. */
async function unfinished(broken: readonly BrokenWorkflow[], { store }: ConcludeBrokenPorts, now: Instant): Promise<readonly Unfinished[]> {
  const found: Unfinished[] = [];
  for (let from = 0; from < broken.length; from += READ_AT_ONCE) {
    const some = broken.slice(from, from + READ_AT_ONCE);
    found.push(...(await Promise.all(some.map(async (each) => ({ ...each, ending: await store.ending(each.incidentId) })))));
  }
  const claimsMayBeLeft = now - milliseconds(CLAIMS_LOOKED_AT_FOR);
  return found.filter(({ ending, brokenAt }) => !isComplete(ending) || brokenAt >= claimsMayBeLeft);
}

function isComplete(ending: Ending | undefined): boolean {
  return ending?.told === true && ending.written;
}

async function finish({ incidentId, how, ending }: Unfinished, ports: ConcludeBrokenPorts, now: Instant): Promise<boolean> {
  const { state: last, why } = await ports.broken.lastWords(incidentId);
  const state = workflowStateSchema.parse(last);
  if (isComplete(ending) && (await ports.claims.lease(state.incident.target))?.incident !== incidentId) return false;
  await conclude(isOnItsWay(state) ? state : interrupted(state, `its workflow ${how}${why === '' ? '' : `: ${why}`}`), ports, now);
  return true;
}

/** Whether the workflow had come to its end and only failed to carry it out. */
function isOnItsWay({ error, next }: WorkflowState): boolean {
  return error !== undefined || next?.do === 'conclude';
}

/** Handed off: what the workflow had done, and what it had not, is known only as far as the attempts say. */
function interrupted({ incident, policy }: WorkflowState, why: string): WorkflowState {
  return { incident, policy, next: concludeWith(endFor('unexpected-error', why, 0)) };
}
