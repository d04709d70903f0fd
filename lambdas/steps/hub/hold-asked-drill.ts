import * as z from 'zod';
import type { DrillRequest } from '../../core/drill.ts';
import { drillReport } from '../../core/drill-report.ts';
import { type Instant, iso, milliseconds } from '../../core/duration.ts';
import type { HistoryFilter } from '../../core/history-filter.ts';
import type { HistoryLine } from '../../core/history-line.ts';
import {
  type AskedDrill,
  type AskedDrills,
  drillRequestSchema,
  type HeldDrill,
  type Judged,
  judged,
  memberFor,
  withEnd,
  withHeld,
} from '../../core/hub/asked-drill.ts';
import { DRILL_REQUEST_TYPE, HUB_SOURCE } from '../../core/hub/hub-names.ts';
import { outsideText } from '../../core/outside-text.ts';
import type { Policy } from '../../core/policy.ts';
import type { AskedDrillNotes, AutoScalingGroups, History, Instances } from '../../core/ports.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';
import { membersOf } from '../read-facts.ts';

export interface HoldAskedDrillPorts {
  readonly notes: AskedDrillNotes;
  readonly history: History;
  readonly instances: Pick<Instances, 'describe' | 'tagged'>;
  readonly groups: Pick<AutoScalingGroups, 'describe'>;
  /** The names of the policies that are deployed. */
  policyNames(): Promise<readonly string[]>;
  /** A policy as its rule carries it; undefined where it has none. */
  policy(name: string): Promise<Policy | undefined>;
  /** Lines of the history, oldest first. */
  lines(since: Instant, filter: HistoryFilter): Promise<readonly HistoryLine[]>;
  /** Puts the event by which a drill begins on the bus. */
  begin(drill: DrillRequest): Promise<void>;
}

/** What became of an event. */
export type Asked = 'held' | 'known' | 'refused' | 'not-from-the-hub';

const eventSchema = z.object({
  account: z.string(),
  source: z.literal(HUB_SOURCE),
  'detail-type': z.literal(DRILL_REQUEST_TYPE),
  time: z.iso.datetime(),
  detail: z.unknown(),
});

/** Whether an event asks for a drill; from which account it comes is judged where it is held. */
export function isDrillRequest(event: unknown): boolean {
  return eventSchema.safeParse(event).success;
}

/** Where none of so many policies has a target, a person looks what is wrong. */
const MOST_TRIED = 5;

/** So long the lines of a drill may take until they can be read. */
const LINES_COME_WITHIN = milliseconds({ seconds: 30 });

/**
 * Holds the drill that the hub asks for, in shadow, unless one was held for it within the hour. Account and time are those that EventBridge
 * says. Policy, target and id of the drill are the pipeline's own: a request can neither break anything nor name what is not protected.
 */
export async function holdAskedDrill(
  event: unknown,
  hubAccount: string,
  newId: () => string,
  ports: HoldAskedDrillPorts,
  now: Instant,
): Promise<Asked> {
  const { data } = eventSchema.safeParse(event);
  const asked = data?.account === hubAccount ? readTolerantly(drillRequestSchema, data.detail).data : undefined;
  if (!data || !asked) return 'not-from-the-hub';
  const names = await ports.policyNames();
  const judge = (known: AskedDrills) => judged(known, asked, names, Date.parse(data.time), now);
  const first = judge(await ports.notes.read());
  if (first.kind === 'known') return again(first.held, asked, hubAccount, ports, now);
  if (first.kind === 'refused') return refuse(asked, first.why, ports, now);
  const chosen = await choose(first, newId(), ports);
  if ('why' in chosen) return refuse(asked, chosen.why, ports, now);
  const wanted: HeldDrill = { request: asked.request, at: now, ...chosen };
  // Of two at once the other one may have been first.
  const { held } = await ports.notes.change((known) => (judge(known).kind === 'may-be-held' ? withHeld(known, wanted, names) : known));
  if (held?.drill !== wanted.drill) return held?.request === asked.request ? 'known' : refuse(asked, 'another one was held', ports, now);
  await ports.history.write(lineOf(wanted, asked, hubAccount, now));
  await ports.begin(eventOf(wanted));
  return 'held';
}

/** Begins a drill once more of which nothing is seen: the run that wrote it down may have died. The same id begins no second one. */
async function again(held: HeldDrill, asked: AskedDrill, hubAccount: string, ports: HoldAskedDrillPorts, now: Instant): Promise<'known'> {
  if (held.ended || now - held.at < LINES_COME_WITHIN) return 'known';
  const lines = await linesOf(held, ports);
  if (lines.length === 0) await ports.history.write(lineOf(held, asked, hubAccount, now));
  if (lines.every(({ kind }) => kind === 'hub-drill')) await ports.begin(eventOf(held));
  return 'known';
}

async function refuse({ request }: AskedDrill, why: string, { notes }: HoldAskedDrillPorts, now: Instant): Promise<'refused'> {
  await notes.change((known) => (known.refused?.request === request ? known : { ...known, refused: { request, at: now, why } }));
  return 'refused';
}

/** The first of the policies that has a target, and of a fleet a member that runs. */
async function choose(
  { policies }: Extract<Judged, { kind: 'may-be-held' }>,
  drill: string,
  ports: HoldAskedDrillPorts,
): Promise<Pick<HeldDrill, 'policy' | 'target' | 'drill'> | { readonly why: string }> {
  const tried = policies.slice(0, MOST_TRIED);
  for (const name of tried) {
    const policy = await ports.policy(name);
    if (!policy) continue;
    if (policy.targets.kind === 'fixed') return { policy: name, drill };
    const members = (await membersOf(policy.group, ports.instances, ports.groups)).filter(({ healthy }) => healthy);
    const target = memberFor(
      drill,
      members.map(({ id }) => id),
    );
    if (target !== undefined) return { policy: name, target, drill };
  }
  return { why: `no machine runs that a drill could be held on, of ${tried.join(', ') || 'no policy'}` };
}

/** What is kept of drills that the hub asked for, with the end of the last one as soon as its lines tell it. */
export async function followAskedDrill(ports: Pick<HoldAskedDrillPorts, 'notes' | 'lines'>, now: Instant): Promise<AskedDrills> {
  const known = await ports.notes.read();
  const { held } = known;
  if (!held || held.ended) return known;
  const ended = withEnd(held, drillReport(await linesOf(held, ports), held.at, 'played'), now);
  if (!ended.ended) return known;
  return ports.notes.change((kept) => (kept.held?.drill === ended.drill ? { ...kept, held: ended } : kept));
}

function linesOf({ at, drill }: HeldDrill, { lines }: Pick<HoldAskedDrillPorts, 'lines'>): Promise<readonly HistoryLine[]> {
  return lines(at - LINES_COME_WITHIN, { drill });
}

function eventOf({ policy, drill, target }: HeldDrill): DrillRequest {
  return { policy, drill, ...(target !== undefined && { target }) };
}

function lineOf({ policy, target, drill }: HeldDrill, { by }: AskedDrill, hubAccount: string, now: Instant): HistoryLine {
  const on = target === undefined ? '' : ` on instance ${target}`;
  return {
    at: iso(now),
    kind: 'hub-drill',
    policy,
    text: `the hub in account ${hubAccount} asks for a drill; ${drill} is held${on}`,
    ...(target !== undefined && { target: `instance ${target}` }),
    by: outsideText(by, 300),
    drill,
  };
}
