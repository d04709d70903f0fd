import { definedFields } from '../fields.ts';
import { cut } from './cut.ts';
import type { Notice, Severity } from './notice.ts';

/** What Amazon Q Developer in chat applications takes of a custom notification, in characters. */
const MOST = { title: 250, description: 8_000, step: 350, keyword: 75, summary: 250, thread: 250 } as const;

/** Chat is read at a glance: more steps and lines are in the mail and in the notice itself. */
const MOST_STEPS = 5;
const MOST_LINES = 12;

const signs: Readonly<Record<Severity, string>> = { info: ':white_check_mark:', warning: ':warning:', critical: ':rotating_light:' };

/** Neither well nor ill. */
const DRILL_SIGN = ':construction:';

/** A message of the schema for custom notifications. */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** One thread for each incident or storm. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
    readonly enableCustomActions: boolean;
  };
}

/** The notice as chat shows it: all of an incident in one thread, what to do now as steps. */
export function chatMessage(notice: Notice): ChatMessage {
  const { severity, drill, title, thread, stage, incident, policy, target, pipeline, account, region, reason } = notice;
  const steps = notice.doNow
    .slice(0, MOST_STEPS)
    .map(({ text, command }) => cut(command === undefined ? plain(text) : `${plain(text)} ${asCode(command)}`, MOST.step));
  const keywords = [pipeline, policy?.name, target?.id, stage].filter((word) => word !== undefined);
  const context = { account: account.id, region, policy: policy?.name, target: target?.id, incident: incident?.id, reason };
  return {
    version: '1.0',
    source: 'custom',
    id: notice.id,
    content: {
      textType: 'client-markdown',
      title: cut(`${drill ? DRILL_SIGN : signs[severity]} ${plain(title)}`, MOST.title),
      description: cut(descriptionOf(notice), MOST.description),
      ...(steps.length > 0 && { nextSteps: steps }),
      keywords: keywords.map((word) => cut(plain(word), MOST.keyword)),
    },
    metadata: {
      threadId: cut(thread, MOST.thread),
      summary: cut(plain(title), MOST.summary),
      eventType: stage,
      additionalContext: definedFields(context),
      enableCustomActions: false,
    },
  };
}

/** Headings in bold, which Slack and Teams both show for single asterisks: in Teams slanted. */
function descriptionOf({ seen, done, notDone, why, kept, diagnosis, later, links, title }: Notice): string {
  const paragraphs = [
    paragraph('Seen', seen.map(plain)),
    paragraph(
      'Done',
      done.map(({ at, summary, result, why: by }) => plain(`${at} ${summary}: ${result}${by === undefined ? '' : ` (${by})`}`)),
    ),
    paragraph(
      'Not done',
      notDone.map(({ remedy, why: because }) => plain(`${remedy}: ${because}`)),
    ),
    paragraph('Why', why.map(plain)),
    paragraph('Later', later.map(plain)),
    paragraph('Lines from the machine', kept.slice(-MOST_LINES).map(asCode)),
    ...diagnosis.map(({ title: heading, lines }) => paragraph(plain(heading), lines.slice(0, MOST_LINES).map(asCode))),
    paragraph(
      'Look at',
      links.map(({ what, url }) => `${plain(what)}: ${url}`),
    ),
  ];
  const text = paragraphs.filter((each) => each !== '').join('\n\n');
  return text === '' ? plain(title) : text;
}

function paragraph(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`*${heading}*`, ...lines].join('\n');
}

/**
 * Text in which nobody can be called and nothing is a link or a format: words from machines and from outside are in it. Signs of formats
 * become signs that look like them; of an underscore only one at the edge of a word is a format, so that names stay as they are. A letter
 * that is not seen takes links apart.
 */
function plain(text: string): string {
  return uncalling(text)
    .replaceAll('*', '\u2217')
    .replaceAll('~', '\u223c')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\uff3f')
    .replace(/\](?=[([:])/g, ']\u200b')
    .replace(/:(?=\/\/)|\bwww(?=\.)/gi, '$&\u200b');
}

/**
 * Text in which nobody can be called. Slack's own mentions and links begin with `<`, Teams' with `<at>`; a letter that is not seen keeps
 * `@channel` from calling the channel.
 */
function uncalling(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '@\u200b').replaceAll('`', "'");
}

/** A command or a line of a machine as it is: between backticks, of which it may have none itself. */
function asCode(text: string): string {
  return `\`${uncalling(text)}\``;
}
