/** A part of what all actors share: two calls that touch no part in common may change places. */
export type Part =
  | 'leases'
  | 'slots'
  | 'spending'
  | 'breakers'
  | 'incidents'
  | 'attempts'
  | 'history'
  | 'storms'
  | 'approvals'
  | 'modes'
  | 'told'
  | 'workflows'
  | 'switch'
  | 'drills'
  | 'account';

/** What a call reads and changes. */
export interface Touched {
  readonly reads: readonly Part[];
  readonly writes: readonly Part[];
}

const everything: readonly Part[] = [
  ...(['leases', 'slots', 'spending', 'breakers', 'incidents', 'attempts', 'history'] as const),
  ...(['storms', 'approvals', 'modes', 'told', 'workflows', 'switch', 'drills', 'account'] as const),
];

const reads = (...parts: readonly Part[]): Touched => ({ reads: parts, writes: [] });
const writes = (...parts: readonly Part[]): Touched => ({ reads: parts, writes: parts });

/** Ports that are only read, and change for nobody's doing here. */
const SURROUNDINGS = ['calendars', 'deployedPolicies', 'deployments', 'pipelines', 'policyRecords', 'providerEvents'];

/** Both together. */
export function both(one: Touched, other: Touched): Touched {
  return { reads: [...one.reads, ...other.reads], writes: [...one.writes, ...other.writes] };
}

/** Whether one of them could answer, or do, something else when the other comes first. */
export function concerns(one: Touched, other: Touched): boolean {
  return (
    one.reads.some((part) => other.writes.includes(part)) || one.writes.some((part) => [...other.reads, ...other.writes].includes(part))
  );
}

/** Whether it can change places with every other call. */
export function concernsNothing({ reads, writes }: Touched): boolean {
  return reads.length === 0 && writes.length === 0;
}

/** Calls of which it is known what they leave alone. Every other one counts as touching everything. */
const calls: Readonly<Record<string, Touched>> = {
  'claims.lease': reads('leases'),
  'claims.slots': reads('slots'),
  'claims.members': reads('slots'),
  'claims.spending': reads('spending'),
  'claims.breaker': reads('breakers'),
  'claims.ofPolicy': reads('breakers', 'modes'),
  'claims.changeBreaker': writes('breakers'),
  'claims.freeShares': writes('spending'),
  'claims.remedyRecord': reads('breakers'),
  'claims.changeRemedyRecord': writes('breakers'),
  'claims.claim': { reads: ['incidents'], writes: ['leases', 'slots', 'spending', 'breakers'] },
  'claims.renew': { reads: ['incidents'], writes: ['leases', 'slots'] },
  'claims.release': writes('leases', 'slots'),
  'store.realDrill': reads('drills'),
  'store.beginDrill': writes('drills'),
  'store.endDrill': writes('drills'),
  'store.noteBreach': writes('drills'),
  'store.attempts': reads('attempts'),
  'store.ending': reads('incidents'),
  'store.written': reads('incidents', 'attempts'),
  'store.noteAsked': writes('incidents'),
  'store.history': reads('history', 'attempts', 'leases'),
  'store.past': reads('incidents'),
  'store.record': { reads: ['incidents'], writes: ['leases', 'slots', 'spending', 'attempts', 'history'] },
  // Whether the symptom is there as an incident ends is what it is judged by.
  'store.close': { reads: ['account'], writes: ['incidents'] },
  'store.open': writes('incidents', 'history'),
  'store.recordReceipt': writes('attempts'),
  'store.recordResult': writes('attempts'),
  'storms.read': reads('storms'),
  'storms.arrivals': reads('storms'),
  'storms.debts': reads('storms'),
  'storms.change': writes('storms'),
  'repairNotes.since': reads(),
  'storms.arrive': writes('storms'),
  'storms.put': writes('storms'),
  'approvals.about': reads('approvals'),
  'approvals.close': writes('approvals'),
  'modes.read': reads('modes'),
  'modes.demote': writes('modes'),
  'history.write': reads(),
  'notifier.publish': writes('told'),
  'pauseSwitch.read': reads('switch'),
  'workflow.start': writes('workflows'),
  'broken.since': reads('workflows'),
  'rules.watchedAlarms': reads(),
  'rules.tellAgain': writes('workflows'),
};

/** Methods that read what AWS shows of the account. */
const LOOKS =
  /^(alarms|loadBalancers)\.|^(instances|groups|databases|clusters|volumes)\.(describe|tagged|status|hosting|impaired|isRefreshing|devices|activities|lastRefresh|events)|^commands\.(agent|find|look|result)$|^sessions\.(load|stuck)$/;

/** What a call may touch. */
export function touchedBy(call: string): Touched {
  const known = calls[call];
  if (known) return known;
  if (SURROUNDINGS.includes(call.slice(0, call.indexOf('.')))) return reads();
  return LOOKS.test(call) ? reads('account') : { reads: everything, writes: everything };
}

/** What several actors touched, one after the other. */
export class TouchedSince {
  readonly #read = new Set<Part>();
  readonly #written = new Set<Part>();

  add({ reads, writes }: Touched): void {
    for (const part of reads) this.#read.add(part);
    for (const part of writes) this.#written.add(part);
  }

  /** Whether the call could answer, or do, something else than before. */
  concerns({ reads, writes }: Touched): boolean {
    return reads.some((part) => this.#written.has(part)) || writes.some((part) => this.#read.has(part) || this.#written.has(part));
  }

  toString(): string {
    return [...this.#read, '/', ...this.#written].join();
  }
}
