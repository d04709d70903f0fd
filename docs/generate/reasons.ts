import { giveBackReasons } from '../../lambdas/core/give-back/give-back.ts';
import { reasonWords } from '../../lambdas/core/reason-words.ts';
import { isTakenBack, isTold, mayPass, type Reason, reasonNames, reasons } from '../../lambdas/core/reasons.ts';
import { code, item, page, wrapped } from './markdown.ts';

/** What the page says of a reason; the list itself knows only the fields that one has. */
interface Text extends Pick<(typeof reasons)[Reason], 'outcome' | 'tell'> {
  readonly line?: string;
}

export function reasonsPage(): string {
  return page(
    'Reasons',
    wrapped(
      'Every alarm ends for one of these reasons, and there is no other. The history has it in the field `reason`: of a line of kind `outcome` where an incident ended, of kind `rejected` where none was opened.',
    ),
    wrapped(
      '*Told* says whether people get a message. *By its witness* means that this one ends without a word, since its line names who was told, or who decided that nobody is; where it can name nobody, people are told. After something was changed a skip becomes `handed-off`, and people are always told, in a storm by the message of its lead. Where people heard of an incident before its end, by a question or a notice on the way, they are told how it ends, whatever the reason.',
    ),
    wrapped(
      '*Tried again* means that the sweep takes the alarm up again after `tryAgainAfter`, while it stays in ALARM and nothing was changed. *When taken back* means: also after a change, once the person who brought it about takes it back.',
    ),
    ...reasonNames.map(section),
    '## Giving back',
    wrapped(
      'What a remedy added is given back later, see [Safety](../safety.md#giving-back). That ends for one of these reasons; of a `given-back` mail tells only where `mails` of `notify` asks for it:',
    ),
    Object.entries(giveBackReasons)
      .map(([name, { means, tell }]) => item(`${code(name)}: ${means}${tell ? ' A notice tells of it.' : ''}`))
      .join('\n'),
  );
}

function section(name: Reason): string {
  const { outcome, tell, line = 'outcome' }: Text = reasons[name];
  const { means, doNow } = reasonWords[name];
  const told = tell ? 'yes' : isTold({ outcome, reason: name, why: '' }) ? 'by its witness' : 'no';
  const again = mayPass(name) ? `yes${isTakenBack(name) ? ', and when taken back' : ''}` : 'no';
  return [
    `## ${name}`,
    [
      item(`Outcome ${code(outcome)}; told: ${told}; line: ${line === 'either' ? 'either' : code(line)}; tried again: ${again}.`),
      item(`**What it means:** ${means}`),
      item(`**What to do:** ${doNow}`),
    ].join('\n'),
  ].join('\n\n');
}
