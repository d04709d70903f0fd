import { EventBridgeClient, ListRulesCommand, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type DrillRequest, drillEvent, drillSource } from '../core/drill.ts';
import { TryAgain } from '../core/failure.ts';
import { DRILL_REQUEST_TYPE, HUB_SOURCE, linkBusName, PAUSE_TYPE, REPORT_TYPE, reportSource } from '../core/hub/hub-names.ts';
import type { PipelinePlace } from '../core/hub/place.ts';
import { rulesBeginning } from '../core/manifest.ts';
import { noticeEvent, noticeSource } from '../core/notice/event.ts';
import type { FailedCheckEvents, HubReports, NoticeWay, PipelineBuses, SignalRules } from '../core/ports.ts';
import { failedCheckEvent } from '../core/signal.ts';
import { sweptEvent } from '../core/standing-alarm.ts';
import { sweepSource } from '../core/sweep-source.ts';
import { besideClient, reading } from './aws-call.ts';

/** The part of a rule's pattern by which the pipeline knows its own rules and their alarms. */
interface Pattern {
  readonly source?: readonly unknown[];
  readonly detail?: Detail & { readonly $or?: readonly Detail[] };
}

interface Detail {
  readonly alarmName?: readonly unknown[];
}

/**
 * The pipeline's rules on the default bus and on its own buses: what they match is what is watched, so nothing else has to keep that
 * list.
 */
export function signalRules(pipeline: string, client = new EventBridgeClient({}), buses: readonly string[] = []): SignalRules {
  const Source = sweepSource(pipeline);
  return {
    async watchedAlarms() {
      const names = new Set<string>();
      for (const EventBusName of [undefined, ...buses]) {
        let NextToken: string | undefined;
        do {
          const command = new ListRulesCommand({ NamePrefix: rulesBeginning(pipeline), EventBusName, NextToken });
          const page = await reading('list the rules', () => client.send(command));
          for (const { EventPattern, State } of page.Rules ?? []) {
            if (State !== 'DISABLED') for (const name of alarmsOf(EventPattern, Source)) names.add(name);
          }
          NextToken = page.NextToken;
        } while (NextToken);
      }
      return [...names];
    },

    tellAgain: (standing) => putEvents(Source, standing.map(sweptEvent), client),
  };
}

/** Rules of other people may begin alike, but do not admit this pipeline's own source. */
export function alarmsOf(pattern: string | undefined, source: string): readonly string[] {
  const { source: sources = [], detail = {} }: Pattern = JSON.parse(pattern ?? '{}');
  if (!sources.includes(source)) return [];
  return [detail, ...(detail.$or ?? [])].flatMap(({ alarmName = [] }) => alarmName.filter((name) => typeof name === 'string'));
}

/** Events of failed status checks for the pipeline's own rules on the default bus. */
export function failedCheckEvents(pipeline: string, client = new EventBridgeClient({})): FailedCheckEvents {
  return { tell: (failed) => putEvents(sweepSource(pipeline), failed.map(failedCheckEvent), client) };
}

/** The events by which drills of a pipeline begin, on the default bus. */
export interface DrillEvents {
  tell(request: DrillRequest): Promise<void>;
}

export function drillEvents(pipeline: string, client = new EventBridgeClient({})): DrillEvents {
  return { tell: (request) => putEvents(drillSource(pipeline), [drillEvent(request)], client) };
}

/** Notices as events on a bus of the user's or of the pipeline's. */
export function noticeEvents(bus: string, client = new EventBridgeClient(besideClient)): NoticeWay {
  return { name: 'event', send: (notice) => putEvents(noticeSource(notice.pipeline), [noticeEvent(notice)], client, bus) };
}

/** What a pipeline reports of itself, on the bus from which it is forwarded to its hub. */
export function hubReports(pipeline: string, bus: string, client = new EventBridgeClient({})): HubReports {
  return { send: (report) => putEvents(reportSource(pipeline), [{ detailType: REPORT_TYPE, detail: report }], client, bus) };
}

/** The buses of pipelines, each in its own account and Region; `clientIn` makes what speaks to a Region. */
export function pipelineBuses(
  partition: string,
  clientIn = (region: string) => new EventBridgeClient({ ...besideClient, region }),
): PipelineBuses {
  const clients = new Map<string, EventBridgeClient>();
  const send = ({ account, region, pipeline }: PipelinePlace, detailType: string, detail: object) => {
    const client = clients.get(region) ?? clientIn(region);
    clients.set(region, client);
    const bus = `arn:${partition}:events:${region}:${account}:event-bus/${linkBusName(pipeline)}`;
    return putEvents(HUB_SOURCE, [{ detailType, detail }], client, bus);
  };
  return {
    tell: (place, pause) => send(place, PAUSE_TYPE, pause),
    ask: (place, drill) => send(place, DRILL_REQUEST_TYPE, drill),
  };
}

/** EventBridge takes at most as many events in one call. */
const EVENTS_A_CALL = 10;

interface OwnEvent {
  readonly detailType: string;
  readonly detail: object;
}

/**
 * Puts events on a bus, the default one where none is named. Telling the same twice is harmless, so whoever calls may try again.
 *
 * @throws TryAgain when EventBridge did not take all of them
 */
async function putEvents(Source: string, events: readonly OwnEvent[], client: EventBridgeClient, EventBusName?: string): Promise<void> {
  const entries = events.map(({ detailType, detail }) => ({
    EventBusName,
    Source,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  }));
  const refused: string[] = [];
  for (let from = 0; from < entries.length; from += EVENTS_A_CALL) {
    refused.push(...(await put(entries.slice(from, from + EVENTS_A_CALL), client)));
  }
  if (refused.length > 0) throw new TryAgain(`${refused.length} of ${entries.length} events were not taken: ${refused[0]}`, undefined);
}

/** The errors of the entries that EventBridge did not take. */
async function put(Entries: PutEventsRequestEntry[], client: EventBridgeClient): Promise<readonly string[]> {
  const answer = await reading('put events', () => client.send(new PutEventsCommand({ Entries })));
  return (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }) =>
    ErrorCode === undefined ? [] : [`${ErrorCode}: ${ErrorMessage}`],
  );
}
