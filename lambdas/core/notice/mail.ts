import type { Notice } from './notice.ts';
import { noticeTargetInWords } from './target-in-words.ts';

/** A notice as a mail of plain text. */
export interface Mail {
  readonly subject: string;
  readonly body: string;
}

/** Columns that a phone shows without breaking the line again. */
export const MAIL_COLUMNS = 72;

/** SNS refuses subjects of 100 characters and more, and line breaks or other control characters in them. */
const SUBJECT_LIMIT = 99;

/** The notice for a tired person with a phone: the first line says it all, then what to know and do, each under its heading. */
export function mailOf(notice: Notice): Mail {
  const paragraphs = [
    unlikeHeadings(wrapped(notice.title)),
    unlikeHeadings(where(notice)),
    section(
      'SEEN',
      notice.seen.flatMap((line) => ours(line, notice)),
    ),
    section('DONE', doneLines(notice)),
    section(
      'NOT DONE',
      notice.notDone.flatMap(({ remedy, why }) => ours(`${remedy}: ${why}`, notice)),
    ),
    section(
      'WHY',
      notice.why.flatMap((line) => ours(line, notice)),
    ),
    section(
      'DO NOW',
      notice.doNow.flatMap(({ text, command }) => [...ours(text, notice), ...(command === undefined ? [] : [command])]),
    ),
    section(
      'LATER',
      notice.later.flatMap((line) => ours(line, notice)),
    ),
    section('LINES FROM THE MACHINE', quoted(notice.kept)),
    ...notice.diagnosis.map(({ title, lines }) => section(title.toUpperCase(), quoted(lines.map((line) => short(line, notice))))),
    section(
      'LOOK AT',
      notice.links.flatMap(({ what, url }) => [...wrapped(`${what}:`), url]),
    ),
    foot(notice),
  ];
  return {
    subject: subject(notice.title),
    body: paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  };
}

export function subject(text: string): string {
  const line = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return line.length <= SUBJECT_LIMIT ? line : `${line.slice(0, SUBJECT_LIMIT - 3)}...`;
}

const headings = new Set(['SEEN', 'DONE', 'NOT DONE', 'WHY', 'DO NOW', 'LATER', 'LINES FROM THE MACHINE', 'LOOK AT']);

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...wrapped(heading), ...lines];
}

/** Whom it concerns, in the words by which it is found. Whoever may tag a target names it. */
function where({ target, account, region }: Notice): readonly string[] {
  return [
    ...(target ? wrapped(`${noticeTargetInWords(target)}${target.name === undefined ? '' : ` (${target.name})`}`) : []),
    ...wrapped(`account ${account.id}${account.alias === undefined ? '' : ` (${account.alias})`}, ${region}`),
  ];
}

const results: Readonly<Record<Notice['done'][number]['result'], string>> = {
  recovered: 'recovered',
  'not-recovered': 'did not help',
  failed: 'failed',
  interrupted: 'interrupted',
  'under-way': 'under way',
  unknown: 'not known',
};

/** Of what has ended it is said that nothing was done; of what goes on there is nothing to say. */
function doneLines(notice: Notice): readonly string[] {
  if (notice.done.length === 0) return notice.outcome === undefined ? [] : ['nothing'];
  return notice.done.flatMap(({ at, summary, result, why }) => [
    ...ours(summary === 'not known' ? summary : `${at} ${summary}: ${results[result]}`, notice),
    ...(why === undefined ? [] : ours(why, notice)),
  ]);
}

function foot({ policy, reason, incident, at, pipeline }: Notice): readonly string[] {
  const facts = [`pipeline ${pipeline}`, policy && `policy ${policy.name}`, reason && `reason ${reason}`].filter(Boolean);
  const sent = `Sent ${day(at)} ${clock(at)}. All times are UTC.`;
  return [...wrapped(sent), ...wrapped(sentence(facts.join(', '))), ...(incident ? ['Incident', incident.id] : [])];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A line of the notice's own, which may have words from outside in it. */
function ours(line: string, notice: Notice): readonly string[] {
  return unlikeHeadings(wrapped(short(line, notice)));
}

/** Words from outside may be so long that one of our headings stands alone on its line. */
function unlikeHeadings(lines: readonly string[]): readonly string[] {
  return lines.map((each) => (headings.has(each) ? `> ${each}` : each));
}

/** What a machine wrote, marked as a mail marks what others wrote. */
function quoted(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => wrapped(line, MAIL_COLUMNS - 2).map((each) => `> ${each}`));
}

/** Times as a person needs them, and ids of incidents as a person types them. */
function short(line: string, { at }: Notice): string {
  return line
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, (time) =>
      day(time) === day(at) ? clock(time) : `${day(time)} ${clock(time)}`,
    )
    .replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function day(time: string): string {
  return `${Number(time.slice(8, 10))} ${months[Number(time.slice(5, 7)) - 1]} ${time.slice(0, 4)}`;
}

function clock(time: string): string {
  return time.slice(11, 19);
}

/** Breaks at blanks, and words that are longer than a line where the line ends. */
function wrapped(text: string, columns = MAIL_COLUMNS): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text
    .split(' ')
    .filter(Boolean)
    .flatMap((each) => pieces(each, columns))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

function pieces(word: string, columns: number): readonly string[] {
  const characters = [...word];
  const all: string[] = [];
  for (let from = 0; from < characters.length; from += columns) all.push(characters.slice(from, from + columns).join(''));
  return all;
}

/** In characters, of which some are two for JavaScript. */
function lengthOf(text: string): number {
  return [...text].length;
}
