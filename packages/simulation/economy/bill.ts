import { isMailed } from '../../../lambdas/core/notice/mailed.ts';
import { inputOf } from '../state-machine/execution.ts';
import { synthesizedStack } from '../synthesized-stack.ts';
import { incidentPrices as prices } from './incident-prices.ts';
import { type MeteredRequest, REQUEST_MILLISECONDS } from './metered-ports.ts';
import type { HealedIncident } from './one-incident.ts';

/** What one function, or the workflow around it, asked for in one incident. */
export interface Share {
  readonly name: string;
  readonly calls: number;
  /** Requests to DynamoDB, a transaction as one. */
  readonly tableRequests: number;
  /** The same by items: each part of a transaction is one, and a batch of reads. */
  readonly tableOperations: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** DescribeAlarms and DescribeAlarmContributors, and metrics of GetMetricData. */
  readonly cloudWatchCalls: number;
}

export interface BillLine {
  readonly what: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** What one incident cost, and what it is made of. */
export interface Bill {
  readonly transitions: number;
  /** By the kind of state, in the order in which they were entered first. */
  readonly states: readonly { readonly state: string; readonly times: number }[];
  readonly shares: readonly Share[];
  /** What was asked of the table, in order. */
  readonly atTable: readonly Pick<MeteredRequest, 'by' | 'request' | 'names'>[];
  readonly tableRequests: number;
  readonly tableOperations: number;
  /** Requests that followed each other from the event's arrival until the act was asked for. */
  readonly roundTrips: number;
  readonly lines: readonly BillLine[];
  readonly dollars: number;
  /** Requests as `service:Action`, with how often each was made. */
  readonly requests: Readonly<Record<string, number>>;
  /** Notices, mailed or not. */
  readonly notices: number;
}

/** What a function is taken to need on an ordinary day, starting included; nothing here measures it. */
export const ASSUMED = { seconds: 0.3, gigabytes: 1, logBytes: 1_500 };

/** CloudWatch Logs bills so much for each line beside its text. */
const LINE_BYTES = 26;

/** One of the function that takes events in, one of the workflow with its functions. */
const TRACES = 2;

/** Requests that CloudWatch is paid for one by one. */
const PAID = ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmContributors', 'cloudwatch:GetMetricData'];

/** Reckons what an incident asked for, at list prices. */
export function billOf(incident: HealedIncident): Bill {
  const { history, meter } = incident;
  const [execution, ...others] = history.executions.values();
  if (!execution || others.length > 0) throw new Error(`${history.executions.size} incidents instead of one`);
  const shares = sharesOf(incident);
  const total = (of: keyof Omit<Share, 'name'>) => sum(shares.map((share) => share[of]));
  const transitions = execution.visits.length;
  const calls = total('calls');
  const lines = [
    line('state transitions', transitions, prices.stateTransition),
    line('custom metrics, each paid for the hour', new Set(meter.metrics.map(({ series }) => series)).size, prices.metricHour),
    line('calls of CloudWatch', total('cloudWatchCalls'), prices.cloudWatchCall),
    line("kilobytes of Step Functions' log", kilobytes(executionLogBytes(incident)), 1_000 * prices.logByte),
    line("kilobytes of history, and of functions' logs", kilobytes(ownLogBytes(incident, calls)), 1_000 * prices.logByte),
    line('mails', history.notices.filter(({ notice }) => isMailed(notice, {})).length, prices.mail),
    line('notices published', meter.requests.filter(({ request }) => request === 'sns:Publish').length, prices.publish),
    line('calls of functions', calls, prices.lambdaRequest),
    line('gigabyte seconds of functions (assumed)', calls * ASSUMED.seconds * ASSUMED.gigabytes, prices.gigabyteSecond),
    line('read units of the table', total('readUnits'), prices.readUnit),
    line('write units of the table', total('writeUnits'), prices.writeUnit),
    line('traces', TRACES, prices.trace),
  ];
  return {
    transitions,
    states: [...Map.groupBy(execution.visits, ({ state }) => state)].map(([state, visits]) => ({ state, times: visits.length })),
    shares,
    atTable: meter.requests.filter(isAtTable).map(({ by, request, names }) => ({ by, request, names: names.map(inGeneral) })),
    tableRequests: total('tableRequests'),
    tableOperations: total('tableOperations'),
    roundTrips: (history.acts[0]?.at ?? Number.NaN) - REQUEST_MILLISECONDS - (eventAt(history) ?? Number.NaN),
    lines,
    dollars: sum(lines.map(({ dollars }) => dollars)),
    requests: counted(meter.requests),
    notices: history.notices.length,
  };
}

function counted(requests: readonly MeteredRequest[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(requests, ({ request }) => request)].map(([request, made]) => [request, made.length]));
}

/** When the event of the contributor came, a second after that of the alarm as a whole. */
function eventAt({ invocations }: HealedIncident['history']): number | undefined {
  return invocations.filter(({ function: name }) => name === 'intake').at(-1)?.startedAt;
}

function isAtTable({ request }: MeteredRequest): boolean {
  return request.startsWith('dynamodb:');
}

/** The name of an item with what it is of any incident. */
function inGeneral(name: string): string {
  return name
    .replace(/[0-9a-f]{64}/g, '<incident>')
    .replace(/instance#i-[0-9a-f]+/g, '<target>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/(crowd|group)#tagged#\w+/g, '$1#<group>')
    .replace(/(?<=policy#|past#|^approvals: |to )Fleet-service-down/g, '<policy>');
}

function line(what: string, quantity: number, price: number): BillLine {
  return { what, quantity, dollars: quantity * price };
}

function sharesOf({ history, meter }: HealedIncident): readonly Share[] {
  const calls = Map.groupBy(history.invocations, ({ function: name }) => name);
  return [...calls].map(([name, invocations]) => {
    const own = meter.requests.filter(({ by }) => by === name);
    const atTable = own.filter(isAtTable);
    const total = (of: 'operations' | 'readUnits' | 'writeUnits', from: readonly MeteredRequest[]) => sum(from.map((one) => one[of]));
    return {
      name,
      calls: invocations.length,
      tableRequests: atTable.length,
      tableOperations: total('operations', atTable),
      readUnits: total('readUnits', atTable),
      writeUnits: total('writeUnits', atTable),
      cloudWatchCalls: own.filter(({ request }) => PAID.includes(request)).length,
    };
  });
}

/** In tens, so that a word more or less in a message changes nothing. */
function kilobytes(bytes: number): number {
  return 10 * Math.ceil(bytes / 10_000);
}

/** Two events for each state, and of a task three more, each with the data that it begins or ends with. */
function executionLogBytes({ history }: HealedIncident): number {
  const { level, withData } = synthesizedStack().executionLog;
  if (level !== 'ALL') return 0;
  const [execution] = history.executions.values();
  const called = new Set(['Triage', 'Verify', 'Conclude']);
  return sum(
    (execution?.visits ?? []).map(({ state }) => {
      const events = called.has(state) || state.startsWith('Remediate') ? 5 : 2;
      const data = withData ? JSON.stringify(execution && inputOf(execution, state)).length : 0;
      return events * (EVENT_BYTES + data);
    }),
  );
}

/** An event of Step Functions' log without data: ids, type, name and ARN. */
const EVENT_BYTES = 400;

function ownLogBytes({ meter }: HealedIncident, calls: number): number {
  const lines = meter.requests.filter(({ request }) => request === 'logs:PutLogEvents').length;
  return meter.historyBytes + lines * LINE_BYTES + calls * ASSUMED.logBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
