import { approvals } from '../../../lambdas/adapters/dynamodb/approvals.ts';
import { claims } from '../../../lambdas/adapters/dynamodb/claims.ts';
import { incidentStore } from '../../../lambdas/adapters/dynamodb/incident-store.ts';
import { modeOverrides } from '../../../lambdas/adapters/dynamodb/mode-overrides.ts';
import { providerEvents } from '../../../lambdas/adapters/dynamodb/provider-events.ts';
import { readsTogether } from '../../../lambdas/adapters/dynamodb/reads-together.ts';
import { storms } from '../../../lambdas/adapters/dynamodb/storms.ts';
import { isMailed } from '../../../lambdas/core/notice/mailed.ts';
import type { Compose } from '../../../lambdas/core/ports.ts';
import { withoutRealDrills } from '../../../lambdas/steps/without-real-drills.ts';
import { awsCall } from '../aws-calls.ts';
import { someOrigin } from '../doubles/fake-ports.ts';
import type { BrokenRun } from '../lambda.ts';
import type { SimulatedPorts } from '../simulated-ports.ts';
import type { rememberedRecords } from './remembered-records.ts';
import { type ItemsInMemory, type TableRequest, tableInMemory } from './table-in-memory.ts';

/** One request of a function to AWS. */
export interface MeteredRequest extends TableRequest {
  /** The function that made it. */
  readonly by: string;
  readonly at: number;
}

/** A custom metric that a function wrote: by its name and the values of its dimensions. */
export interface MeteredMetric {
  readonly by: string;
  readonly series: string;
}

/** What the functions of one story asked for. */
export interface Meter {
  readonly requests: MeteredRequest[];
  readonly metrics: MeteredMetric[];
  /** Bytes of lines in the history. */
  historyBytes: number;
}

/** The functions that are made with `snapshotPorts`. */
const readsSnapshots: ReadonlySet<string> = new Set(['triage', 'consider-give-back']);

type Call = (...given: readonly unknown[]) => Promise<unknown>;

/** Every request takes so long, and nothing else takes any time: so the time until an act counts the requests that followed each other. */
export const REQUEST_MILLISECONDS = 1;

/** Whether a notice is published nowhere: the incident is told by mail alone. */
function isUnmailed(compose: Compose): boolean {
  return !isMailed(compose(someOrigin), {});
}

/** Ports over the pipeline's own adapters of the incident table; each request takes a millisecond and is told to the meter. */
export function meteredPorts(
  ports: SimulatedPorts,
  items: ItemsInMemory,
  meter: Meter,
  { deployed, invocation, clock }: BrokenRun,
  recordsOf: ReturnType<typeof rememberedRecords>,
): SimulatedPorts {
  const by = invocation.function;
  const pass = () => clock.sleep(REQUEST_MILLISECONDS);
  const table = tableInMemory(items, (request) => void meter.requests.push({ ...request, by, at: clock.now }), pass);
  const kept = {
    approvals: approvals(table),
    // As in the functions: what decides by much reads it together.
    claims: claims(table, readsSnapshots.has(by) ? readsTogether(table.get, table.getAll) : table.get),
    modes: modeOverrides(table),
    providerEvents: providerEvents(table),
    storms: storms(table),
    // As they are deployed unless drills for real are asked for.
    store: withoutRealDrills(incidentStore(table)),
  };
  const written = (series: string) => void meter.metrics.push({ by, series });
  const ofIncident = (series: string) => deployed.environment.INCIDENT_METRICS !== undefined && written(series);
  const metrics: SimulatedPorts['metrics'] = {
    outcome: (policy, { outcome, reason }) => ofIncident(`Outcomes of ${policy} ${outcome} ${reason}`),
    timeToFirstAction: (policy) => ofIncident(`TimeToFirstAction of ${policy}`),
    timeToRecovery: (policy) => ofIncident(`TimeToRecovery of ${policy}`),
    wouldAct: (policy) => ofIncident(`WouldAct of ${policy}`),
    drill: (policy, { outcome, reason }) => ofIncident(`Drills of ${policy} ${outcome} ${reason}`),
    notSent: () => written('NotSent'),
  };
  const request = async (name: string) => {
    for (const each of awsCall(name).requests) {
      await pass();
      meter.requests.push({ by, request: each, at: clock.now, operations: 1, names: [], readUnits: 0, writeUnits: 0 });
    }
  };
  const records = recordsOf(request);
  const asked = async (name: string, call: Call, given: readonly unknown[]) => {
    if (!(name === 'notifier.publish' && isUnmailed(given[0] as Compose))) await request(name);
    if (name === 'history.write') meter.historyBytes += JSON.stringify(given[0]).length;
    return call(...given);
  };
  return new Proxy(ports, {
    get(all, port: keyof SimulatedPorts) {
      if (port in kept) return kept[port as keyof typeof kept];
      if (port === 'metrics') return metrics;
      if (port === 'deployedPolicies' || port === 'policyRecords') return records;
      const methods = all[port] as unknown as Readonly<Record<string, Call>> | undefined;
      const own: Record<string, Call> = {};
      for (const method in methods) own[method] = (...given) => asked(`${port}.${method}`, methods[method] as Call, given);
      return own;
    },
  });
}
