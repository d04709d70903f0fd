import type { CommandPlace } from '../../lambdas/core/commands-here.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import { hubSays } from '../../lambdas/core/hub/hub-pause.ts';
import { placeKey } from '../../lambdas/core/hub/place.ts';
import type { KnownPipeline } from '../../lambdas/core/hub/report.ts';
import { findingsOf, isSilent, standing } from '../../lambdas/core/hub/standing.ts';
import { outputOf } from './doctor.ts';
import { howMany } from './how-many.ts';
import { type Hub, refuseMissing } from './hub.ts';
import { type Output, table } from './output.ts';
import { endPause, pauseData, setPause } from './pause.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';
import { incidentOrDash } from './short-names.ts';

/** A pause goes out at once, and again each minute: after so long one that has not confirmed is not on its way any more. */
export const CONFIRMED_WITHIN = 90_000;

const LOOK_EVERY = 2_000;

/** What every pipeline of a hub reported last: who is paused by whom, what is open, who is silent. */
export async function statusOfAll(hub: Hub, now: number, screen: Screen): Promise<Output> {
  const setting = await hub.setting();
  const pipelines = await hub.pipelines();
  const said = hubSays(setting, now);
  const unconfirmed = pipelines.filter((each) => standing(each, setting) === 'not-confirmed');
  const open = pipelines.flatMap((each) => each.report.incidents.map((incident) => ({ each, incident })));
  const text = [
    said.kind === 'running'
      ? screen.style('good', `Hub ${hub.name} pauses nothing.`)
      : screen.style('bad', `Hub ${hub.name} PAUSES ALL: ${saidShortly(said.why, screen)}`),
    unconfirmed.length === 0
      ? `${pipelines.length} pipelines; all have confirmed what its switch says.`
      : screen.style('attention', `${pipelines.length} pipelines; ${unconfirmed.length} have not confirmed what its switch says.`),
    '',
    table(
      ['ACCOUNT', 'REGION', 'PIPELINE', 'STATE', 'OPEN', 'WRONG', 'MODES', 'RELEASE', 'REPORTED'],
      pipelines.map((each) => rowOf(each, now, screen)),
      screen,
    ),
    ...(open.length === 0 ? [] : ['', `${howMany(open.length, 'incident is', 'incidents are')} open:`]),
    ...(open.length === 0
      ? []
      : [
          table(
            ['INCIDENT', 'ACCOUNT', 'REGION', 'TARGET', 'POLICY', 'SINCE'],
            open.map(({ each, incident: { id, target = '-', policy = '-', since } }) => [
              ...[incidentOrDash(id), each.account, each.region, target, policy],
              since === undefined ? '-' : `${screen.time(since)} (${inWords(now - since)})`,
            ]),
            screen,
          ),
        ]),
  ].join('\n');
  return {
    data: {
      hub: hub.name,
      pause: said,
      setting,
      pipelines: pipelines.map((each) => ({ ...each, standing: standing(each, setting), silent: isSilent(each, now) })),
    },
    text,
  };
}

function rowOf(each: KnownPipeline, now: number, screen: Screen): readonly string[] {
  const { account, region, pipeline, report } = each;
  const { ownPause, hubPause, incidents, moreIncidents, findings, modes, release, at } = report;
  const isHeld = hubSays(hubPause, now).kind === 'paused';
  const paused = [...(ownPause === undefined ? [] : ['PAUSED there']), ...(isHeld ? ['PAUSED by the hub'] : [])];
  const state = [...(isSilent(each, now) ? ['SILENT'] : []), ...paused];
  const wrong = findings.filter(({ state }) => state !== 'warning').length;
  return [
    ...[account, region, pipeline],
    state.length === 0 ? 'running' : screen.style('attention', state.join(', ')),
    `${incidents.length}${moreIncidents ? ' or more' : ''}`,
    wrong === 0 ? '0' : screen.style('bad', String(wrong)),
    Object.entries(modes)
      .filter(([, count]) => count > 0)
      .map(([mode, count]) => `${count} ${mode}`)
      .join(', '),
    release,
    `${inWords(now - at)} ago`,
  ];
}

/** How its operators name it. */
export function placeOf({ name, region, profile }: Hub): CommandPlace {
  return { hub: name, region, profile };
}

/** Pauses every pipeline of a hub, and waits for each to confirm. It fails where one did not, which perhaps acts. */
export async function pauseAll(hub: Hub, reason: string, lasting: number | undefined, now: number, screen: Screen): Promise<Output> {
  await refuseMissing(hub);
  const { end, remarks, ...set } = await setPause(hub, placeOf(hub), reason, lasting, now, screen);
  const { text, data, exitCode } = await confirmation(hub, screen);
  return {
    data: { ...pauseData(set, end), ...data },
    text: `Hub ${hub.name} pauses all: ${set.value}${end === undefined ? '' : `\nIt ends by itself at ${screen.time(end)}.`}${remarks}\n${text}`,
    exitCode,
  };
}

/** Ends the pause of the hub, and nothing that an account set itself. */
export async function resumeAll(hub: Hub, now: number, screen: Screen): Promise<Output> {
  await refuseMissing(hub);
  const before = await endPause(hub, now);
  const { text, data, exitCode } = await confirmation(hub, screen);
  const own = (await hub.pipelines()).filter(({ report }) => report.ownPause !== undefined);
  const pausedByThemselves = own.map((each) => ({ pipeline: placeKey(each), why: each.report.ownPause }));
  const rest = pausedByThemselves
    .map(({ pipeline, why }) => `\nStill paused by itself: ${pipeline}: ${saidShortly(why ?? '', screen)}`)
    .join('');
  return {
    data: { resumed: before !== undefined, ...(before !== undefined && { before }), pausedByThemselves, ...data },
    text: `Hub ${hub.name} ${before === undefined ? 'paused nothing' : `pauses no more. Before: ${saidShortly(before, screen)}`}\n${text}${rest}`,
    exitCode,
  };
}

/** Waits until every known pipeline has confirmed what the switch says, or for as long as that may take. */
async function confirmation(hub: Hub, screen: Screen) {
  const setting = await hub.setting();
  let pipelines = await hub.pipelines();
  const waiting = () => pipelines.filter((each) => standing(each, setting) === 'not-confirmed');
  for (let waited = 0; waiting().length > 0 && waited < CONFIRMED_WITHIN; waited += LOOK_EVERY) {
    screen.progress(`${pipelines.length - waiting().length} of ${pipelines.length} have confirmed`);
    await hub.wait(LOOK_EVERY);
    pipelines = await hub.pipelines();
  }
  screen.progress('');
  const missing = waiting();
  const confirmed = pipelines.filter((each) => !missing.includes(each));
  const rows = pipelines.map((each) => [
    missing.includes(each) ? screen.style('bad', 'NOT CONFIRMED') : screen.style('good', 'confirmed'),
    ...[each.account, each.region, each.pipeline],
    missing.includes(each) ? (each.told?.failure ?? 'it was sent, and nothing was heard') : '',
  ]);
  const sum =
    pipelines.length === 0
      ? 'No pipeline has reported to this hub: nothing is paused.'
      : missing.length === 0
        ? `All ${pipelines.length} pipelines have confirmed.`
        : `${missing.length} of ${pipelines.length} have NOT confirmed and perhaps act. The hub goes on sending each minute; see to them where they are.`;
  return {
    text: [...(rows.length > 0 ? [table(['', 'ACCOUNT', 'REGION', 'PIPELINE', 'WHY'], rows, screen)] : []), sum].join('\n'),
    data: { confirmed: confirmed.map(placeKey), notConfirmed: missing.map(placeKey) },
    exitCode: missing.length === 0 && pipelines.length > 0 ? 0 : 1,
  };
}

/** What is to be said of each pipeline from what it reported. It asks no account anything. */
export async function doctorOfAll(hub: Hub, now: number, screen: Screen): Promise<Output> {
  const setting = await hub.setting();
  const pipelines = await hub.pipelines();
  const results = pipelines.map((each) => ({
    check: placeKey(each),
    whether: 'it reports, is not paused, and finds nothing wrong with itself',
    findings: findingsOf(each, setting, now, placeOf(hub)),
  }));
  if (results.length === 0) return { data: [], text: 'No pipeline has reported to this hub.', exitCode: 1 };
  return outputOf(results, screen);
}
