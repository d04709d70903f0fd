import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { type Story, storyOf } from '../../lambdas/core/story.ts';
import { actionsOn, type Timeline, timelinesOf } from '../../lambdas/core/timeline.ts';
import { CannotDo } from './cannot-do.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { quoted } from './printable.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';
import { incidentOrDash } from './short-names.ts';

/** The latest incident of a target, an alarm or a policy (else the latest event that opened none), and what to do now. */
export async function why(operator: Operator, about: string, since: number, screen: Screen): Promise<Output> {
  const lines = await operator.history(since, { about });
  // An alarm's own event says nothing where its contributors tell of the targets.
  const telling = timelinesOf(
    lines.filter(({ reason }) => reason !== 'contributors-decide'),
    about,
  );
  const found = telling.length > 0 ? telling : timelinesOf(lines, about);
  const real = found.filter((each) => !isDrill(each));
  // A drill is told of where there is nothing else, as where it was asked for by its id.
  const timelines = real.length > 0 ? real : found;
  const last = timelines.findLast(({ incident }) => incident !== undefined) ?? timelines.at(-1);
  const actions = actionsOn(lines, last?.policy ?? about);
  const isPolicy = Object.hasOwn(operator.policies, about);
  if (!last && !isPolicy && !actions.some(({ policy }) => policy === about)) throw unknown(operator, about, since, screen);
  const told = last && (await whole(operator, last));
  const data = { timelines: timelines.map((each) => (each === last && told ? told : each)), actions };
  const text = [
    ...(told ? [storyText(told, storyOf(told), timelines.length, screen)] : [nothingYet(operator, about, since, screen)]),
    ...(actions.length === 0 ? [] : ['', actionsText(actions, screen)]),
  ].join('\n');
  return { data, text };
}

/** With the lines of the incident that name its target in other words, such as those of what is given back. */
async function whole(operator: Operator, timeline: Timeline): Promise<Timeline> {
  const { incident, lines } = timeline;
  if (incident === undefined) return timeline;
  const all = await operator.history(Date.parse(lines[0]?.at ?? '') || 0, { incident });
  return timelinesOf(all, incident)[0] ?? timeline;
}

function unknown({ policies, pipeline }: Operator, about: string, since: number, { time }: Screen): CannotDo {
  return new CannotDo(
    `the history of pipeline ${pipeline} has nothing about "${about}" since ${time(since)}`,
    `look further back with --since 30d, or name a target, an alarm, an incident or one of its policies: ${Object.keys(policies).join(', ')}. Where an alarm did go off, see that the dead-letter queue is empty`,
  );
}

function nothingYet({ policies }: Operator, policy: string, since: number, { time }: Screen): string {
  return [
    `Policy ${policy} is ${policies[policy] ?? 'deployed'}, and has had no incident since ${time(since)}.`,
    'Nothing is wrong with that: its symptom was not seen. There is nothing to do.',
  ].join('\n');
}

const MOST_ACTIONS = 10;

function actionsText(actions: readonly HistoryLine[], screen: Screen): string {
  return table(
    ['AT', 'OPERATORS'],
    actions.slice(-MOST_ACTIONS).map(({ at, text }) => [screen.time(at), saidShortly(text, screen)]),
    screen,
  );
}

function isDrill({ lines }: Timeline): boolean {
  return lines.some(({ kind, drill }) => kind !== 'operator' && drill !== undefined);
}

const outcomes = {
  recovered: ['good', 'RECOVERED'],
  'handed-off': ['bad', 'HANDED OFF: it needs you'],
  skipped: ['attention', 'LEFT ALONE'],
} as const;

function storyText(timeline: Timeline, story: Story, count: number, screen: Screen): string {
  const { incident, policy, target, lines, verdict } = timeline;
  const { style } = screen;
  const symptom = lines.find((line) => line.symptom !== undefined)?.symptom ?? 'an event';
  const end = lines.findLast(({ kind }) => kind === 'outcome' || (incident === undefined && kind === 'rejected'));
  const [meaning, words] = outcomes[end?.outcome as keyof typeof outcomes] ?? (['attention', 'STILL OPEN'] as const);
  const helped = story.tried.filter(({ result }) => result === 'recovered').map(({ remedy }) => remedy);
  const section = (head: string, ...body: readonly string[]) => (body.length === 0 ? [] : ['', style('head', head), ...body]);
  const paragraph = (text: string) => table([], [[text]], screen);
  return [
    `${isDrill(timeline) ? 'DRILL: ' : ''}${symptom}${target ? ` on ${target}` : ''}, policy ${policy}${incident === undefined ? '' : `, incident ${incidentOrDash(incident)}`}`,
    style(meaning, `${words}${story.took === undefined ? '' : ` after ${story.took}`}`),
    ...section(
      'WHAT HAPPENED',
      table(
        [],
        story.steps.map(({ at, what, said, times, until }) => [
          screen.time(at),
          what,
          `${saidShortly(said, screen)}${times === 1 ? '' : ` (${times} times, until ${screen.time(until ?? at)})`}`,
        ]),
        screen,
      ),
    ),
    ...section('WHAT HELPED', ...(story.tried.length === 0 ? [] : [helpedText(helped, story)])),
    ...section(
      'HOW IT ENDED',
      ...(verdict ? [paragraph(`${verdict.reason}: ${verdict.means}`)] : ['It is still open: nothing has ended it yet.']),
    ),
    ...section('WHAT THE MACHINE SAID LAST', ...story.kept.map((line) => `  ${quoted(line)}`)),
    ...story.found.flatMap((found) => section(found.title.toUpperCase(), ...found.lines.map((line) => `  ${saidShortly(line, screen)}`))),
    ...section('WHAT TO DO NOW', ...(verdict ? [paragraph(verdict.doNow)] : ['Nothing yet. Look again in some minutes.'])),
    ...(count > 1 ? ['', `It is the latest of ${count}; "history" lists them, and --json has all of them.`] : []),
  ].join('\n');
}

function helpedText(helped: readonly string[], { tried }: Story): string {
  const others = tried.filter(({ result }) => result !== 'recovered').map(({ remedy, result = 'not known' }) => `${remedy}: ${result}`);
  if (helped.length === 0) return `Nothing that was tried helped: ${others.join(', ')}.`;
  return [`${helped.join(', ')} helped.`, ...(others.length > 0 ? [`Also tried: ${others.join(', ')}.`] : [])].join(' ');
}
