import { ofWatch } from '../../core/doctor/alarms.ts';
import { worstFirst } from '../../core/doctor/finding.ts';
import type { DescribedAlarm } from '../../core/doctor/readings.ts';
import type { Instant } from '../../core/duration.ts';
import type { AskedDrills } from '../../core/hub/asked-drill.ts';
import { MOST_FINDINGS, MOST_INCIDENTS, type Report } from '../../core/hub/report.ts';
import type { Incident } from '../../core/incident.ts';
import type { Mode } from '../../core/mode.ts';
import type { HubPauses, HubReports, PauseSwitch } from '../../core/ports.ts';
import { targetInWords } from '../../core/target.ts';

/** So many workflows are read at once: one more than are told, by which it is known that there are more. */
const AT_ONCE = MOST_INCIDENTS + 1;

/** Beyond it there are more than a report can tell of. */
const MOST_LOOKED_AT = 10 * AT_ONCE;

export interface ReportToHubPorts {
  readonly ownPause: PauseSwitch;
  readonly hubPauses: Pick<HubPauses, 'read'>;
  /** ARN of the bus of the pipeline's hub. */
  readonly hub: string;
  readonly reports: HubReports;
  /** Ids of incidents whose workflow runs, newest first, at most so many. */
  openWorkflows(most: number): Promise<readonly string[]>;
  /** An incident as far as the table has it; `isOver` where its workflow only waits to give back. */
  incident(id: string): Promise<{ readonly incident: Incident; readonly isOver: boolean } | undefined>;
  /** The pipeline's alarms about itself. */
  ownAlarms(): Promise<readonly DescribedAlarm[]>;
  /** The mode of each policy, as it was deployed. */
  modes(): Promise<readonly Mode[]>;
  /** What became of the drills that the hub asked for. @default - it may not ask for any */
  drills?(): Promise<AskedDrills>;
}

/**
 * Tells the hub how the pipeline stands. What the hub's pause is here is read again, so that the report confirms nothing that is not so:
 * what another hub said last, or an earlier version kept, is none of this hub's, which then sends its own.
 */
export async function reportToHub(ports: ReportToHubPorts, release: string, now: Instant, region?: string): Promise<Report> {
  const [own, hubPause, open, watch, modes, drills] = await Promise.all([
    ports.ownPause.read(),
    ports.hubPauses.read(),
    openIncidents(ports),
    ports.ownAlarms(),
    ports.modes(),
    // They are worth less than what the report says of the pause.
    ports.drills?.().catch(() => undefined),
  ]);
  const count = (mode: Mode) => modes.filter((each) => each === mode).length;
  const report: Report = {
    at: now,
    release,
    ...(own.kind === 'paused' && { ownPause: own.why.slice(0, 700) }),
    ...(hubPause?.hub === ports.hub && { hubPause }),
    modes: { automatic: count('automatic'), approval: count('approval'), shadow: count('shadow') },
    ...open,
    findings: findingsOf(watch, now, region),
    ...(drills && { drills }),
  };
  await ports.reports.send(report);
  return report;
}

/** The newest open incidents. Workflows that only wait to give back are passed over, of which there may be many for days. */
async function openIncidents(ports: ReportToHubPorts): Promise<Pick<Report, 'incidents' | 'moreIncidents'>> {
  const ids = await ports.openWorkflows(MOST_LOOKED_AT + 1);
  const open: Report['incidents'][number][] = [];
  for (let from = 0; from < Math.min(ids.length, MOST_LOOKED_AT) && open.length <= MOST_INCIDENTS; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE).map((id) => openIncident(ports, id));
    open.push(...(await Promise.all(some)).flat());
  }
  return { incidents: open.slice(0, MOST_INCIDENTS), moreIncidents: open.length > MOST_INCIDENTS || ids.length > MOST_LOOKED_AT };
}

async function openIncident({ incident: read }: ReportToHubPorts, id: string): Promise<Report['incidents']> {
  const known = await read(id);
  if (!known) return [{ id }];
  const { policy, target, openedAt } = known.incident;
  return known.isOver ? [] : [{ id, policy, target: targetInWords(target), since: openedAt }];
}

/** What the doctor says of the alarms about the pipeline itself: they see dead letters, lost sweeps, failed workflows and what was not sent. */
function findingsOf(watch: readonly DescribedAlarm[], now: Instant, region: string | undefined): Report['findings'] {
  const found = worstFirst(ofWatch(watch, { now, region })).flatMap(({ state, about, says, mend }): Report['findings'] =>
    state === 'ok'
      ? []
      : [{ state, about: about.slice(0, 300), says: says.slice(0, 700), ...(mend !== undefined && { mend: mend.slice(0, 700) }) }],
  );
  if (found.length <= MOST_FINDINGS) return found;
  const [told, rest] = [found.slice(0, MOST_FINDINGS - 1), found.slice(MOST_FINDINGS - 1)];
  const [{ state = 'warning' } = {}] = rest;
  return [...told, { state, about: 'more', says: `${rest.length} more, which the command doctor shows there` }];
}
