import { type Instant, inWords, iso } from '../duration.ts';
import { endsIn } from '../ends-in.ts';
import { grouped } from '../grouped.ts';
import type { HistoryLine } from '../history-line.ts';
import { promotionAdvice } from '../promotion-advice.ts';
import { remedyAdvice } from '../remedy-advice.ts';
import { recurringIncidents, remedySuccess } from '../remedy-success.ts';
import { restlessTargets } from '../restless-targets.ts';
import { ownCommand } from './commands.ts';
import { composed } from './compose.ts';
import type { Notice } from './notice.ts';
import { type Origin, placeOf } from './origin.ts';
import { MOST_SECTION_LINES, type Section } from './section.ts';

/** What the history says of a time. */
export interface Period {
  readonly since: Instant;
  /** Ends of incidents, and what was not sent. */
  readonly lines: readonly HistoryLine[];
  /** What was seen of policies in shadow mode. */
  readonly shadowed: readonly HistoryLine[];
}

const MILLISECONDS_A_DAY = 86_400_000;

/** Tells what happened in a period: how incidents ended, what comes back, what comes and goes, and what the remedies are worth. */
export function digestNotice(origin: Origin, { since, lines, shadowed }: Period, now: Instant): Notice {
  const ends = endsIn(lines);
  const recurring = recurringIncidents(lines, now);
  const restless = restlessTargets(ends);
  const unsent = unsentIn(lines);
  const day = iso(now).slice(0, 'YYYY-MM-DD'.length);
  const thread = `${placeOf(origin)}/digest/${day}`;
  const comesBack = recurring.length + restless.length > 0;
  return composed(
    origin,
    {
      ...{ id: thread, thread, stage: 'digest' },
      names: [...new Set([...lines, ...shadowed].map(({ policy }) => policy))],
      headline: `DIGEST: ${countsOf(ends)} in ${inWords(now - since)}`,
      seen: [
        `since ${iso(since)}: ${countsOf(ends)}`,
        ...(unsent > 0 ? [`${counted(unsent, 'notice')} could not be sent by one of the ways`] : []),
      ],
      diagnosis: [
        section('What comes back: its cause is still there', recurring.map(recurrence)),
        section('What comes and goes', restless.map(restlessness)),
        section('What was handed off, by reason', byReason(ends)),
        section('What the remedies are worth', worth(lines)),
        section('Which policy is ready to act', ready([...ends, ...shadowed])),
      ].filter(({ lines: found }) => found.length > 0),
      doNow: [
        { text: comesBack ? 'Look for the causes of what comes back, the first one first.' : 'Nothing: nothing came back often enough.' },
        {
          text: 'All of it, with numbers:',
          command: ownCommand(origin, `advise --since ${Math.max(1, Math.round((now - since) / MILLISECONDS_A_DAY))}d`),
        },
      ],
    },
    now,
  );
}

/** How many notices did not reach all that they were to be sent to. One may have failed by several ways, and be tried again by each. */
function unsentIn(lines: readonly HistoryLine[]): number {
  const unsent = lines.filter(({ kind }) => kind === 'not-sent');
  return new Set(unsent.map(({ notice }, index) => notice ?? index)).size;
}

function countsOf(ends: readonly HistoryLine[]): string {
  const healed = ends.filter(({ reason }) => reason === 'healed').length;
  const handedOff = ends.filter(({ outcome }) => outcome === 'handed-off').length;
  const others = ends.length - healed - handedOff;
  return `${counted(ends.length, 'incident')}: ${healed} healed, ${handedOff} handed off, ${others} otherwise`;
}

function recurrence({ target, policy, healed, last }: ReturnType<typeof recurringIncidents>[number]): string {
  return `${target}, ${policy}: healed ${healed} times within a week, last at ${last}`;
}

function restlessness({ target, policy, kind, times }: ReturnType<typeof restlessTargets>[number]): string {
  return kind === 'passes'
    ? `${target}, ${policy}: passed by itself ${times} times; raise the threshold, or lengthen sustainedFor`
    : `${target}, ${policy}: stopped as flapping ${often(times)}; healing does not last`;
}

/** The most frequent first. */
function byReason(ends: readonly HistoryLine[]): readonly string[] {
  const handedOff = ends.filter(({ outcome }) => outcome === 'handed-off');
  return [...grouped(handedOff, ({ policy, reason }) => `${policy}: ${String(reason)}`)]
    .toSorted(([, left], [, right]) => right.length - left.length)
    .map(([what, all]) => `${what}, ${often(all.length)}`);
}

function worth(lines: readonly HistoryLine[]): readonly string[] {
  return remedySuccess(lines).map((success) => {
    const { policy, remedy, helped, tries } = success;
    const advice = remedyAdvice(success);
    return `${policy}, ${remedy}: helped ${helped} of ${tries} times${advice === undefined ? '' : `; ${advice}`}`;
  });
}

function ready(lines: readonly HistoryLine[]): readonly string[] {
  return promotionAdvice(lines)
    .filter(({ promote }) => promote)
    .map(({ policy, because }) => `${policy}, now in shadow: ${because}`);
}

/** As many lines as a section holds, the last of them about those that it does not. */
function section(title: string, lines: readonly string[]): Section {
  if (lines.length <= MOST_SECTION_LINES) return { title, lines };
  const shown = lines.slice(0, MOST_SECTION_LINES - 1);
  return { title, lines: [...shown, `and ${lines.length - shown.length} more`] };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function often(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
