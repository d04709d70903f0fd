import { awsCommandHere, type CommandPlace, ownCommandHere } from '../commands-here.ts';
import { type Finding, ok, unknown, warning, wrong } from '../doctor/finding.ts';
import { type Instant, inWords, iso } from '../duration.ts';
import { quoted } from '../quoted.ts';
import { type HeldDrill, waysNotWhole } from './asked-drill.ts';
import { hubTableName, USUAL_HUB } from './hub-names.ts';
import { type HubPause, hubSays, isLater, isSameSetting } from './hub-pause.ts';
import { PIPELINES, type PipelinePlace, placeKey } from './place.ts';
import type { KnownPipeline } from './report.ts';

/** A pipeline reports every five minutes; two reports may be lost. */
const SILENT_AFTER_MILLISECONDS = 16 * 60_000;

/** The alarms about pipelines need three minutes, and have to go back before the next pipeline can set them off. */
const NEWS_FOR_MILLISECONDS = 6 * 60_000;

const DAY_MILLISECONDS = 86_400_000;

/** How one pipeline stands to the hub's pause. */
export type Standing = 'confirmed' | 'not-confirmed';

/**
 * Whether the pipeline has said that it applied this setting of the hub's switch, or one set later: the setting that is read may be
 * older than one that has reached it meanwhile.
 */
export function standing({ report: { hubPause } }: KnownPipeline, setting: HubPause): Standing {
  if (hubPause === undefined) return 'not-confirmed';
  return isSameSetting(hubPause, setting) || isLater(hubPause, setting) ? 'confirmed' : 'not-confirmed';
}

/** Whether nothing was heard of it for longer than reports may be lost. */
export function isSilent({ report }: KnownPipeline, now: Instant): boolean {
  return now - report.at > SILENT_AFTER_MILLISECONDS;
}

/** Whether people are to be told now that it is silent. */
export function isNewlySilent(known: KnownPipeline, now: Instant): boolean {
  return isSilent(known, now) && isNews(known.report.at + SILENT_AFTER_MILLISECONDS, now);
}

/** Since when this setting is sent to one that has not confirmed it: from now on, where the one before was sent last. */
export function unconfirmedSince({ told }: KnownPipeline, setting: HubPause, now: Instant): Instant {
  return told?.since !== undefined && told.since >= setting.at ? told.since : now;
}

/**
 * Whether people are to be told now of what lasts since then: when it begins, and again each day. An alarm that stayed on for as long as it
 * lasts would hide every further pipeline to which the same happens.
 */
export function isNews(since: Instant, now: Instant): boolean {
  return Math.max(0, now - since) % DAY_MILLISECONDS < NEWS_FOR_MILLISECONDS;
}

/** What is to be said of a pipeline from what it reported, and from its silence. */
export function findingsOf(
  known: KnownPipeline,
  setting: HubPause | undefined,
  now: Instant,
  place: CommandPlace = { hub: USUAL_HUB },
): readonly Finding[] {
  const { report, told } = known;
  const age = inWords(now - report.at);
  const findings: readonly Finding[] = [
    ...(isSilent(known, now) ? [wrong('reports', `nothing was heard of it for ${age}`, ofSilent(known, place))] : []),
    ...(setting !== undefined && standing(known, setting) === 'not-confirmed' ? [unconfirmed(told, setting)] : []),
    ...(report.ownPause === undefined ? [] : [warning('own pause', report.ownPause, 'resume it there: the hub cannot')]),
    ...(hubSays(report.hubPause, now).kind === 'paused' ? [warning('pause of the hub', 'it is paused by the hub')] : []),
    ...waysNotWhole(report.drills).map((held) => notWhole(held, known)),
    ...report.findings.map(({ state, about, says, mend }) => ({
      state,
      about,
      says,
      ...(mend !== undefined && { mend: there(known, mend) }),
    })),
  ];
  return findings.length > 0 ? findings : [ok('reports', `all is well; it reported ${age} ago`)];
}

function ofSilent(known: KnownPipeline, place: CommandPlace): string {
  const key = JSON.stringify({ pk: { S: PIPELINES }, sk: { S: placeKey(known) } });
  const forget = `dynamodb delete-item --table-name ${hubTableName(place.hub ?? USUAL_HUB)} --key ${quoted(key)}`;
  return `log in there and run the command doctor; what follows is as old. If it was deleted, forget it: ${awsCommandHere(place, forget)}`;
}

/** A way that stops may stop for what it should, such as a pause; whether a real incident would stop there a person can tell. */
function notWhole({ policy, target, at, drill, ended }: HeldDrill, place: PipelinePlace): Finding {
  const on = target === undefined ? '' : ` on ${target}`;
  const says = `of policy ${policy}${on} at ${iso(at)}, which the hub asked for, did not walk to its end: ${ended?.why}`;
  const again = ownCommandHere(place, `drill ${policy}${target === undefined ? '' : ` --target ${quoted(target)}`}`);
  return warning(`drill ${drill}`, says, there(place, `mend what stopped it, then hold it again: ${again}`));
}

/** What is done where the pipeline is: the hub's own credentials reach nothing there. */
function there({ account }: PipelinePlace, mend: string): string {
  return `log in to account ${account}: ${mend}`;
}

function unconfirmed(told: KnownPipeline['told'], { at }: HubPause): Finding {
  const set = `the hub's pause switch was set at ${iso(at)}, which it has not confirmed`;
  if (told?.failure === undefined) return unknown('pause of the hub', set);
  return wrong('pause of the hub', `${set}: ${told.failure}`, 'see that it is deployed with this hub, and that its bus is there');
}
