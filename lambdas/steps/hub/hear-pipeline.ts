import * as z from 'zod';
import { type Instant, iso } from '../../core/duration.ts';
import type { HistoryLine } from '../../core/history-line.ts';
import { REPORT_TYPE, REPORTS_BEGINNING } from '../../core/hub/hub-names.ts';
import { hubSays } from '../../core/hub/hub-pause.ts';
import type { PipelinePlace } from '../../core/hub/place.ts';
import { type Report, readReport } from '../../core/hub/report.ts';
import { NOTICES_BEGINNING } from '../../core/notice/event.ts';
import { readNotice } from '../../core/notice/notice.ts';
import { ALL_POLICIES } from '../../core/operator-action.ts';
import { outsideText } from '../../core/outside-text.ts';
import { nameSchema } from '../../core/policy.ts';
import type { History, KnownPipelines } from '../../core/ports.ts';

export interface HearPipelinePorts {
  readonly pipelines: Pick<KnownPipelines, 'keep'>;
  readonly history: History;
}

const eventSchema = z.object({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/**
 * Takes in what a pipeline of any account sent to the hub: a notice becomes a line of the hub's history, a report also its last one.
 * Account and Region are those that EventBridge says, whatever the sender wrote. It acts on nothing.
 */
export async function hearPipeline(event: unknown, ports: HearPipelinePorts, now: Instant): Promise<void> {
  const { data } = eventSchema.safeParse(event);
  if (!data) throw new Error('this is no event of EventBridge');
  const { account, region, source, 'detail-type': type, detail } = data;
  const beginning = [NOTICES_BEGINNING, REPORTS_BEGINNING].find((each) => source.startsWith(each));
  if (beginning === undefined) throw new Error(`no pipeline sends events of the source ${outsideText(source, 100)}`);
  const name = nameSchema.safeParse(source.slice(beginning.length));
  if (!name.success) throw new Error(`no pipeline has the name in ${outsideText(source, 100)}`);
  const place = { account, region, pipeline: name.data };
  if (beginning === NOTICES_BEGINNING) return ports.history.write(noticeLine(place, type, detail, now));
  const report = type === REPORT_TYPE ? readReport(detail) : undefined;
  if (!report) return ports.history.write(lineAt(place, 'report', 'it reported in a form that this hub cannot read', now));
  // By the hub's own clock where the sender's is ahead, or one report from the future would hide all that follow.
  await ports.pipelines.keep(place, { ...report, at: Math.min(report.at, now) });
  await ports.history.write(reportLine(place, report, now));
}

function lineAt(place: PipelinePlace, kind: 'notice' | 'report', text: string, now: Instant): HistoryLine {
  return { at: iso(now), kind, policy: ALL_POLICIES, text: outsideText(text, 300), ...place };
}

function noticeLine(place: PipelinePlace, stage: string, detail: unknown, now: Instant): HistoryLine {
  const notice = readNotice(detail);
  if (!notice) return { ...lineAt(place, 'notice', 'a notice that this hub cannot read', now), stage: outsideText(stage, 40) };
  const { id, incident, outcome, policy, reason, target, title } = notice;
  return {
    ...lineAt(place, 'notice', title, now),
    ...{ stage: notice.stage, notice: id },
    ...(policy && { policy: policy.name, symptom: policy.symptom }),
    ...(target && { target: `${target.kind} ${target.id}` }),
    ...(incident && { incident: incident.id }),
    ...(outcome !== undefined && { outcome }),
    ...(reason !== undefined && { reason }),
  };
}

function reportLine(place: PipelinePlace, report: Report, now: Instant): HistoryLine {
  const { release, incidents, ownPause, hubPause, findings } = report;
  const wrong = findings.filter(({ state }) => state !== 'warning').length;
  return {
    ...lineAt(place, 'report', `${incidents.length} incidents are open, ${wrong} things are wrong`, now),
    ...{ release, openIncidents: incidents.length, wrong, hubPaused: hubSays(hubPause, now).kind === 'paused' },
    // Always there, or the latest value in a query would be that of an earlier line.
    ownPause: ownPause ?? '-',
  };
}
