import { isNoSecret, REDACTED, SECRET_WORD, withoutNamed } from './named-secrets.ts';
import { recognised } from './secret-forms.ts';

/** An option of a command line whose value is its next word, or the next one of a list. */
const OPTION = new RegExp(
  `((?:^|[\\s"'\\[,]|\\\\[nrt])--?[\\w-]{0,40}(?:${SECRET_WORD})[\\w-]{0,40}(?:\\\\{0,15}["'],[ \\t]{0,8}|[ \\t]{1,8}))(?!-)(\\\\{0,15}(?:"[^"\\n]*"?|'[^'\\n]*'?)|[^\\s"']+)`,
  'gi',
);

const BEGIN_OF_KEY = '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----';
const END_OF_KEY = '-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----';

/** A key. Of one without an end as much goes as looks like one: words of base 64, headers. */
const KEY = new RegExp(
  `${BEGIN_OF_KEY}(?:(?:[^-]|-(?!----))*${END_OF_KEY}|(?:(?:\\s|\\\\{1,15}[nrt])+(?:(?:Proc-Type|DEK-Info): [^\\n]*|[A-Za-z0-9+/=]{16,}(?![\\w:.-])|(?=[A-Za-z+/]{0,15}\\d)(?=[A-Z0-9+/]{0,15}[a-z])(?=[a-z0-9+/]{0,15}[A-Z])[A-Za-z0-9+/=]{4,15}(?![\\w:.-])|[A-Za-z0-9+/]{2,15}==?(?![\\w=])))*)`,
  'g',
);

/** A long word of letters and digits without a name: 40 are a secret key of AWS, 80 and more are a token. */
const LONG_WORD = /(?:(?<![A-Za-z0-9+/=\\])|(?<=\\[nrt]))([A-Za-z0-9+/]{40,})={0,2}/g;

/** What colours the words of a terminal, also as logs write its first sign; scripts of ours write that as `?`. */
const COLOUR =
  /(?:(?![\n\r\t])\p{Cc}|\\{1,15}(?:u001b|x1b|033|e)|#033|\^\[)\[[\d;?]{0,20}[A-Za-z]|(?![\n\r\t])\p{Cc}[()][0-9AB]|\?\[[\d;]{0,20}m/giu;

/** Blanks and signs that are not seen as what they are. */
const ODD = /(?![\n\r\t ])[\p{Cc}\p{Z}]/gu;

/** After so many passes nothing changes any more; each takes only more away. */
const MOST_PASSES = 5;

/**
 * A text without the secrets in it: passwords, tokens, keys, connection strings, in JSON, YAML, on command lines, in headers and URLs.
 * What is not known as a secret stays as it is; of a text with one, colours and signs that are not seen go, too, since they can part a
 * secret from its name. The work grows with the length of the text, whatever the text is; redacting twice changes nothing.
 *
 * @param names words of our own that are no name of a secret where a colon follows, such as `database auth`
 */
export function redacted(text: string, names: readonly string[] = []): string {
  const plain = seen(text);
  let kept = plain;
  // What was taken away may be what told that something beside it is a sentence.
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const before = kept;
    kept = withoutSecrets(before, names);
    if (kept === before) break;
  }
  return kept === plain ? text : kept;
}

function withoutSecrets(text: string, names: readonly string[]): string {
  const recognisable = recognised.reduce(
    (rest, [pattern, by]) => rest.replace(pattern, by as string),
    withoutCutKey(text.replace(KEY, REDACTED)),
  );
  return withoutNamed(recognisable.replace(OPTION, optioned), names).replace(LONG_WORD, (whole, word) =>
    isRandom(word) ? REDACTED : whole,
  );
}

/** The text as people see it. */
function seen(text: string): string {
  return text
    .replace(COLOUR, '')
    .replace(/\p{Cf}/gu, '')
    .replace(ODD, ' ');
}

/** The same for every text in a value, whatever its shape. */
export function redactedIn<Value>(value: Value, names: readonly string[] = []): Value {
  if (typeof value === 'string') return redacted(value, names) as Value;
  if (Array.isArray(value)) return value.map((each) => redactedIn(each, names)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redactedIn(each, names)])) as Value;
}

function optioned(whole: string, option: string, value: string): string {
  return isNoSecret(option.trim(), value.replace(/^\\*["']|\\*["']$/g, '')) ? whole : `${option}${quotedLike(value)}`;
}

function quotedLike(value: string): string {
  const quote = /\\*["']/.exec(value)?.[0] ?? '';
  return `${quote}${REDACTED}${quote}`;
}

/** The ends of keys whose beginnings are not in the text. */
function withoutCutKey(text: string): string {
  const parts: string[] = [];
  let begin = 0;
  for (const end of text.matchAll(new RegExp(END_OF_KEY, 'g'))) {
    let from = end.index;
    while (from > begin && /[A-Za-z0-9+/=\s\\]/.test(text.charAt(from - 1))) from -= 1;
    // A line with several short words is no part of a key.
    const told = [...text.slice(from, end.index).matchAll(/(?<!\S)[A-Za-z0-9]{1,15}[ \t]+[A-Za-z0-9]{1,15}(?=\s)[^\n]*/g)].at(-1);
    if (told) from += told.index + told[0].length;
    parts.push(text.slice(begin, from), REDACTED);
    begin = end.index + end[0].length;
  }
  return [...parts, text.slice(begin)].join('');
}

/** As a key of AWS is, with 40 characters, or a token, with many more. A hash in hexadecimal is no secret. */
function isRandom(word: string): boolean {
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
  return isMixed && (word.length === 40 || word.length >= 80);
}
