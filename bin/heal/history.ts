import { ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { inWords } from '../../lambdas/core/duration.ts';
import type { HistoryFilter } from '../../lambdas/core/history-filter.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { ALL_POLICIES } from '../../lambdas/core/operator-action.ts';
import { triedIn } from '../../lambdas/core/story.ts';
import { howMany } from './how-many.ts';
import { checkPolicy, type Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { quoted } from './printable.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';
import { incidentOrDash, who } from './short-names.ts';

export interface HistoryChoice extends Pick<HistoryFilter, 'target' | 'policy'> {
  /** Only what operators did. */
  readonly operators?: boolean;
  /** Also events of an alarm as a whole, of which its contributors name the targets. */
  readonly all?: boolean;
  /** The newest ones. @default - all of them */
  readonly limit?: number;
}

const ENDS = ['outcome', 'rejected', 'operator', 'pause'] as const;

const BY_ID = '\nA target is named by its id, such as i-0123456789abcdef0, or as AWS names its group; the tag Name finds nothing.';

/** Told by the sweep, so that a switch that was set without the command stands there, too. */
const ACTIONS = ['operator', 'pause'] as const;

/**
 * The ends of incidents, the events that opened none, and what operators did.
 *
 * @throws CannotDo for a policy that neither the pipeline nor the history has
 */
export async function history(operator: Operator, since: number, choice: HistoryChoice, screen: Screen): Promise<Output> {
  const { operators = false, all = false, limit = Number.POSITIVE_INFINITY, target, policy } = choice;
  const filter = {
    kinds: operators ? ACTIONS : ENDS,
    ...(target !== undefined && { target }),
    ...(policy !== undefined && { policy }),
  };
  const found = (await operator.history(since, filter)).filter(({ reason }) => all || reason !== 'contributors-decide');
  // The history may have lines of a policy that is deployed no longer.
  if (found.length === 0 && policy !== undefined && policy !== ALL_POLICIES) checkPolicy(operator, policy);
  const shown = Number.isFinite(limit) ? found.slice(-limit) : found;
  const left = found.length - shown.length;
  const text =
    found.length === 0
      ? operators
        ? 'Nothing was done by operators in that time.'
        : `Nothing${target === undefined ? '' : ` of target ${target}`} has ended in that time. What is still open is shown by "${ownCommandHere(operator, 'status')}".${target === undefined ? '' : BY_ID}`
      : [
          table(
            ['AT', 'INCIDENT', 'TARGET', 'POLICY', 'HOW IT ENDED'],
            shown.map((line) => rowOf(line, screen)),
            screen,
          ),
          ...(left > 0 ? [`${howMany(left, 'older one is', 'older ones are')} left out; see them with --limit.`] : []),
        ].join('\n');
  return { data: shown, text };
}

const meanings = { recovered: 'good', 'handed-off': 'bad', skipped: 'attention' } as const;

function rowOf(line: HistoryLine, screen: Screen): readonly string[] {
  const { at, policy, target = '-', incident } = line;
  const on = target.replace(/^instance (?=i-)/, '');
  return [
    screen.time(at),
    quoted(incidentOrDash(incident)),
    quoted(on),
    quoted(policy),
    line.kind === 'operator' || line.kind === 'pause' ? actionText(line, screen) : endText(line, screen),
  ];
}

function actionText({ text, action, by, what, why }: HistoryLine, screen: Screen): string {
  if (action === undefined) return saidShortly(text, screen);
  return `${quoted(String(action))} by ${who(by)}${what === undefined ? '' : ` (${saidShortly(String(what), screen)})`}${why === undefined ? '' : `: ${saidShortly(String(why), screen)}`}`;
}

function endText(line: HistoryLine, { style }: Screen): string {
  const { outcome, reason, milliseconds, drill } = line;
  const meaning = meanings[outcome as keyof typeof meanings];
  const took = typeof milliseconds === 'number' ? ` after ${inWords(milliseconds)}` : '';
  const tried = triedIn(line).map(({ remedy, result = 'result not known' }) => `${remedy}: ${result}`);
  const words = [String(reason), ...(tried.length > 0 ? [tried.join(', ')] : [])].join('; ');
  return `${drill === undefined ? '' : 'DRILL: '}${meaning ? style(meaning, String(outcome)) : String(outcome)}${took}, ${words}`;
}
