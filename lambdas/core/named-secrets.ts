// Longer than 250 lines: signs, forms of values, and how each is read.

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Words of names whose values are secrets, in whatever form the name is written: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
export const SECRET_WORD =
  'passw(?:or)?d|passwort|pass[_ -]?phrase|passcode|pwd|secret(?!s?manager|[_-]?name)|token|credential|authorization|cookie|signature|' +
  '(?:api|access|account|private|shared|encryption|signing|master|license|storage|jwt|auth|subscription|hmac|aes|app)[_-]?key|sess(?:ion)?[_-]?id|connect\\.sid|connection[_-]?string|(?:(?<![a-z])|(?<=\\\\[nrt]))(?:auth|sig|sas|pass|pw|psk)(?![a-z])|(?:db|user|store|key|ftp|ssh|root|admin|mail|smtp|ldap|bind)(?:pass|pw)(?![a-z])|passkey';

/** A name: the word with the rest behind it, `token_v2`, `secretAccessKey`. A resource of Secrets Manager, whose ARN has `:secret:`, is none. */
const NAME = new RegExp(`(?<!:\\d{12}:)(${SECRET_WORD})[\\w.-]{0,40}`, 'gi');

/** A quote as URLs, HTML and the logs of nginx write it. */
const CODED_QUOTE = '%2[27]|&(?:quot|apos|#3[49]|#x2[27]);|\\\\{1,15}(?:x|u00)2[27]';
const ANY_QUOTE = `(?:\\\\{0,15}["'\`]|${CODED_QUOTE})`;

/** What JSON may have between a name and its value. */
const OTHER_FIELDS = `(?:\\s{0,20},\\s{0,20}${ANY_QUOTE}\\w{1,40}${ANY_QUOTE}\\s{0,20}:\\s{0,20}(?:"[^"\\n]{0,100}|[\\w.]{1,40})){1,4}`;

/** From a name to its value where each stands for itself: `{"name":"DB_PASSWORD","value":"…"}`, `<add key="Password" value="…"/>`. */
const TO_VALUE = `${ANY_QUOTE}?(?:${OTHER_FIELDS}${ANY_QUOTE}?)?(?:[\\s,]|\\\\{1,15}[nrt]){1,60}${ANY_QUOTE}?(?:Parameter)?Value`;

const BLANKS = '[ \\t]{0,40}';

/** What a value may have before its quote: `b'…'`, `SecretStr('…')`, `string(12) "…"`. */
const PREFIX = '(?:[bBuUrRfFeENnx]{1,2}|\\$|[\\w.:]{1,40}\\((?:\\d{1,9}\\)[ \\t]?)?)?';

/** A sign between a name and its value, behind what scripts print as `?`; the name of a column in what PostgreSQL says stands in brackets. */
const SIGN = new RegExp(`\\?{0,6}(?:${TO_VALUE})?(${ANY_QUOTE})?\\]?(?:${BLANKS}(=>|:=|[=:]|%3[AD])${BLANKS}|(\\)=\\())`, 'iy');

/** The end of a tag behind its name or the attribute that is its name. */
const TAG = new RegExp(`(${ANY_QUOTE})?(?:\\s[^<>\\n]{0,200})?>`, 'y');

/** The beginning of a tag up to the name of its element or of a value in it; no type in brackets, such as `List<Token>`. */
const IN_ELEMENT = /(?:(?<![\w.:&])|(?<=\\[nrt]))<[\w:.-]{0,60}$/;
const IN_ATTRIBUTE = /<\w[^<>\n]{0,200}$/;

/** A value in quotes that stands right behind its name, or is the next one in a call. */
const BESIDE = new RegExp(`(?:[ \\t]{1,8}|${BLANKS}\\([ \\t]{0,8}|(${ANY_QUOTE},[ \\t]{0,8}))(?=${PREFIX}\\\\{0,15}["'])`, 'y');

/** Names of headers and the like, whose values have spaces. */
const HAS_SPACES = /authorization|cookie|credential/i;

/** Names that mean what somebody types in. */
const TYPED = /pass|pwd|pw$/i;

/** Names of files, which are no secrets. */
const OF_FILE = /(?:^pwd|file|path|dir|folder)$/i;

/** Words that tell how something stands, and are no value. */
const STATES =
  'missing|unset|unknown|unbound|invalid|malformed|expired|rejected|denied|refused|required|revoked|failed|forbidden|unauthorized|unavailable|' +
  'unhealthy|healthy|gone|timeout|disabled|enabled|empty|error|latest';

/** Values that only say whether a secret is set and how it stands, or stand in the place of one; or there is none. */
const NO_SECRET = new RegExp(
  `^(?:true|false|yes|no|on|off|null|none|nil|undefined|${STATES}|\\d{1,4}|\\*+|x+|<[^>\\s]*>?|\\[redacted\\]|[[{])?[.,;)}\\]…]*$`,
  'i',
);

/** Words by which a sentence is told from a value of several words; one that was cut tells no more. */
const TELLS = new RegExp(
  `(?<!\\S)(?:${STATES}|not|no|null|cannot|can't|could|must|should|is|was|are|be|been|does|did|has|have|fail|failure|expected|used|left|exited|opened|` +
    'closed|reset|stopped|lacks|mismatch|timed|exhausted|unable|E(?:CONN|TIMEDOUT|NOTFOUND|HOSTUNREACH|PIPE|ACCES|PERM)[A-Z]*)(?![\\w=-])|(?:…|: \\[redacted\\])$',
  'i',
);

/** A word as only secrets are, wherever it stands in a line. */
const RANDOM = /(?<!\S)(?:(?![/"'])(?=\S{0,80}[a-z])(?=\S{0,80}[A-Z])(?=\S{0,80}\d)\S{8}|(?=[a-z]{0,80}\d)(?=\d{0,80}[a-z])[a-z\d]{16})/;

/** What errors are called in most languages: a word with capitals. */
const ERROR_NAME = /^[A-Z][A-Za-z0-9]*(?:Exception|Error|Fault)$/;

/** Error codes of AWS that end otherwise and have a word of a secret in them. */
const ERROR_CODE =
  /^(?:(?:Invalid|Expired|InvalidNext|MissingAuthentication)Token|InvalidClientTokenId|InvalidAccessKeyId|(?:Invalid|Incomplete|Missing)Signature|SignatureDoesNotMatch)$/;

/** A unit of systemd by its suffix. */
const UNIT = /[\w-]\.(?:service|socket|target|timer|mount|automount|path|slice|scope|device|swap)$/;

/** An ARN up to some place in its resource. */
const ARN = /^arn:[\w-]+:[\w-]*:[\w-]*:\d*:[\w:/.@+*-]*$/;

/** Of what keeps secrets: behind its name stands what it keeps. */
const ARN_OF_SECRETS = /^arn:[\w-]+:(?:secretsmanager|ssm):/;

/** One word alone on the rest of the line, with a digit in it: a value, and no message of an error or a unit. */
const LONE_VALUE = /(?=[^\s\d]{0,2000}\d)\S{8,2000}[ \t]{0,40}(?:[\r\n]|$)/y;

/** How far before a name is looked for what stands there; longer than ARNs and names are. */
const LOOK_BACK = 300;

/** How much of a line tells whether it is a sentence. */
const LOOK_AHEAD = 200;

/** A name with what parts it from its value. */
interface Found {
  readonly name: string;
  /** Where the name ends, and where the value begins. */
  readonly nameEnd: number;
  readonly begin: number;
  readonly sign: '=>' | ':=' | '=' | ':' | ')=(' | 'tag' | 'beside' | 'next';
  readonly isQuoted: boolean;
  /** The line before the name. */
  readonly before: string;
}

/** What a value is: where it ends, and what stands in its place; nothing where it is no secret. */
interface Value {
  readonly end: number;
  readonly instead?: string;
}

/**
 * Takes out the values that have a name which says that they are secret. Of each name it looks for a sign behind it, and behind that for
 * exactly one value by its form: in quotes, in brackets, between tags, a block, a line, or a word. No value goes on into another line,
 * but for the list, the object and the block that are written so.
 */
export function withoutNamed(text: string, notSecret: readonly string[]): string {
  const parts: string[] = [];
  let from = 0;
  const names = new RegExp(NAME);
  for (let found = names.exec(text); found; found = names.exec(text)) {
    const { 0: whole, 1: word = '', index } = found;
    const signed = signedAt(text, index, whole);
    const value = signed && !namesNoSecret(text, signed, notSecret) ? valueAt(text, signed) : undefined;
    if (signed && value?.instead !== undefined) {
      parts.push(text.slice(from, signed.begin), value.instead);
      from = value.end;
    }
    names.lastIndex = value?.end ?? index + word.length;
  }
  return [...parts, text.slice(from)].join('');
}

/** The sign behind a name, and where its value begins; nothing where none is there. */
function signedAt(text: string, index: number, name: string): Found | undefined {
  const nameEnd = index + name.length;
  const before = lineBefore(text, index);
  const found = (match: RegExpExecArray, sign: Found['sign'], quote?: string): Found => {
    const begin = nameEnd + match[0].length;
    // A value with a name of its own may stand in the next line.
    const line = /(?:\n|\\n)([^\n\\]*)$/.exec(text.slice(index, begin))?.[1];
    return {
      name,
      nameEnd,
      begin,
      sign,
      isQuoted: quote !== undefined,
      before: line === undefined ? before : lineBefore(text, begin - line.length),
    };
  };
  const signed = at(SIGN, text, nameEnd);
  if (signed) return found(signed, (signed[2] ?? signed[3]) as Found['sign'], signed[1]);
  const tag = at(TAG, text, nameEnd);
  if (tag && (tag[1] === undefined ? IN_ELEMENT : IN_ATTRIBUTE).test(before)) return found(tag, 'tag', tag[1]);
  const beside = at(BESIDE, text, nameEnd);
  if (!beside) return;
  if (beside[1] === undefined) return found(beside, 'beside');
  return CALLED.test(before) ? found(beside, 'next') : undefined;
}

/** The end of the line so far, as much as is needed of it. */
function lineBefore(text: string, end: number): string {
  const near = text.slice(Math.max(0, end - LOOK_BACK), end);
  return near.slice(near.lastIndexOf('\n') + 1);
}

/** What the pattern finds there. */
function at(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}

/** Where it goes on behind what the pattern finds there; there, when it finds nothing. */
function past(pattern: RegExp, text: string, index: number): number {
  return index + (at(pattern, text, index)?.[0].length ?? 0);
}

/** Where something of that stands next; the end of the text when nothing does. */
function until(stop: RegExp, text: string, from: number): number {
  stop.lastIndex = from;
  return stop.exec(text)?.index ?? text.length;
}

/** Whether what stands before the colon is the name of an error, a unit, a file, a resource of AWS, or one of those given. */
function namesNoSecret(text: string, { nameEnd, begin, sign, isQuoted }: Found, names: readonly string[]): boolean {
  if (isQuoted || sign !== ':') return false;
  const near = text.slice(Math.max(0, nameEnd - LOOK_BACK), nameEnd);
  const arn = near.lastIndexOf('arn:');
  const isApart = text[begin - 1] !== ':' || begin >= text.length || text[begin] === '\n';
  const isLone = at(LONE_VALUE, text, begin) !== undefined;
  if (arn !== -1 && ARN.test(near.slice(arn))) return !(isApart && (ARN_OF_SECRETS.test(near.slice(arn)) || isLone));
  if (!isApart) return false;
  if (names.some((name) => near.endsWith(name) && !/[\w-]/.test(near.charAt(near.length - name.length - 1)))) return true;
  if (isLone) return false;
  const from = lastWordAt(near);
  const word = near.slice(from);
  const last = word.slice(word.lastIndexOf('.') + 1);
  const isPath = near[from - 1] === '/' && !looksSecret(at(WORD, text, begin)?.[0] ?? '');
  return isPath || ERROR_NAME.test(last) || ERROR_CODE.test(last) || UNIT.test(word);
}

/** Where the word at the end begins. */
function lastWordAt(text: string): number {
  let index = text.length;
  while (index > 0 && /[\w.-]/.test(text.charAt(index - 1))) index -= 1;
  return index;
}

/** A definition or a call, up to the name that is its first argument. */
const CALLED = /\([ \t]{0,8}\w?\\{0,15}["'][\w.-]{0,40}$/;
const WORD = /[^\s"'`]{1,300}/y;
const DONE = /\[redacted\](?!\w)/y;
const QUOTE = new RegExp(`${PREFIX}(\\\\{0,15}["'\`])`, 'y');
const WRITTEN_QUOTE = new RegExp(CODED_QUOTE, 'y');

/** A list or an object of JSON that has something in it, up to the first end of one; it goes on in lines that look so. */
const LIST =
  /(?:\[(?!redacted\]|\s*\])|\{(?!\s*\}))(?:[^\]}\n]|(?<=[,[{][ \t\r]{0,8})\n(?=[ \t]{0,200}["'[{\d-])|\n(?=[ \t]{0,200}[\]}]))*[\]}]?/y;
const BLOCK = /[|>][+-]?\d?[ \t]*(?:\n|\\{1,15}n)/y;

/** Of a block of YAML whose lines became one. */
const BLOCK_SIGN = /[|>][+-]?\d?[ \t]+/y;

/** A word alone on the next line. */
const NEXT_LINE = /(\r?\n[ \t]{0,200}(["']?))([^\s"'=:]{6,200})\2[ \t]{0,200}(?=[\r\n]|$)/y;

/** The name of the next variable, where one stands without a value. */
const ASSIGNMENT = /[A-Za-z_][\w.-]{0,80}=(?=[^\s=])/y;

/** Also of a line inside of a text that is quoted itself. */
const LINE_BEGINS = /(?:^|\\n)[ \t]*(?:-[ \t]+)?[\w.-]{0,40}$/;

/** The value that begins there. */
function valueAt(text: string, found: Found): Value | undefined {
  const { begin, sign, isQuoted } = found;
  if (sign === 'tag') return contentAt(text, begin);
  const quote = at(QUOTE, text, begin);
  if (quote) {
    const inside = begin + quote[0].length;
    const end = closingAt(text, inside, quote[1] ?? '');
    const value = text.slice(inside, end);
    if (sign === 'next' && !looksSecret(value) && !/define[ \t]*\($/.test(found.before.replace(/["'][^"']*$/, ''))) return;
    // Beside it stands what is meant, as in: secret "orders" not found.
    if (sign === 'beside' && !TYPED.test(found.name) && !looksSecret(value)) return;
    return judged(text, inside, end, quote[0]);
  }
  const within = past(WRITTEN_QUOTE, text, begin);
  if (within > begin) {
    const opening = text.slice(begin, within);
    return judged(text, within, until(new RegExp(`${opening.replaceAll('\\', '\\\\')}|\n`, 'g'), text, within), opening);
  }
  if (sign === 'beside' || sign === 'next') return;
  const listed = isQuoted ? past(LIST, text, begin) : begin;
  if (listed > begin) return { end: listed, instead: REDACTED };
  if (sign === ':' && past(BLOCK, text, begin) > begin) return blockAt(text, past(BLOCK, text, begin), found.before);
  const below = sign === ':' ? at(NEXT_LINE, text, begin) : undefined;
  if (below)
    return looksSecret(below[3] ?? '') ? { end: begin + below[0].length, instead: `${below[1]}${REDACTED}${below[2]}` } : undefined;
  const from = past(BLOCK_SIGN, text, begin);
  const isApart = /[ \t]/.test(text.charAt(begin - 1));
  const isStrict = !isQuoted && (HAS_SPACES.test(found.name) || LINE_BEGINS.test(found.before));
  if (sign === ':' && isApart && from === begin && isSentence(text, from, isStrict)) return;
  if (sign === '=' && isApart && !HAS_SPACES.test(found.name) && at(ASSIGNMENT, text, from)) return;
  return judged(text, from, plainEnd(text, from, found), '', found);
}

/** Whether a value of that name is none, since it says something else. */
export function isNoSecret(name: string, value: string): boolean {
  return NO_SECRET.test(value) || (value.startsWith('/') && OF_FILE.test(name));
}

/** The value between these places, with what stands before it and stays. */
function judged(text: string, from: number, end: number, opening: string, found?: Found): Value {
  if (at(DONE, text, from)) return { end: from + REDACTED.length };
  const value = text.slice(from, end).trim();
  if (found ? isNoSecret(nameOf(found), value) : NO_SECRET.test(value)) return { end };
  return { end, instead: `${opening}${REDACTED}` };
}

/** The name, with what stands before its word unless it is that of the folder in which something runs. */
function nameOf({ name, before }: Found): string {
  return /^pwd/i.test(name) && !/(?:^|[^\w.-])(?:OLD)?$/.test(before) ? '' : name;
}

/** Whether a word by itself looks like a secret: letters with digits, with capitals inside, or with signs. No path, place or time. */
export function looksSecret(word: string): boolean {
  const value = word.replace(/[.,;)}\]…]+$/, '');
  if (/^[/.]|[:]$/.test(value) || (/^[\d.:T+Z/-]+$/.test(value) && !/^\d{5,}$/.test(value))) return false;
  return /\d/.test(value) || /[a-z][A-Z]/.test(value) || /[+=~!@#$%^&*]/.test(value);
}

/**
 * Whether what stands there are words that people read, and no value: the first of several looks like none, and one of them tells how
 * something stands. A word that was cut ends a sentence where the line may go on behind a value.
 */
function isSentence(text: string, from: number, isWholeLine: boolean): boolean {
  const word = at(WORD, text, from)?.[0];
  if (word === undefined || !/^[\w/(.-]/.test(word) || looksSecret(word)) return false;
  const more = text.slice(from + word.length, from + word.length + LOOK_AHEAD).replace(/[\n\r][\s\S]*/, '');
  const rest = `${word}${more}`;
  const goesOn = /^[ \t]+\S/.test(more) && (isWholeLine || !/[,;}\])]$/.test(word));
  return (goesOn || (!isWholeLine && word.endsWith('…'))) && TELLS.test(rest) && !RANDOM.test(rest);
}

/** What stands between tags, on a line of its own or on that of the tag; of a text that was cut, only what stands right behind the tag. */
function contentAt(text: string, begin: number): Value | undefined {
  const opening = at(/(?:\s{0,200}<(?:value|string)>)?\s{0,200}(?:<!\[CDATA\[)?/y, text, begin)?.[0] ?? '';
  const from = begin + opening.length;
  const end = opening.endsWith('[') ? until(/\]\]>|\n/g, text, from) : past(/[^<\n\r]*/y, text, from);
  const isClosed = opening.endsWith('[') || /^\s*<\//.test(text.slice(end, end + LOOK_AHEAD));
  if (!isClosed && (opening !== '' || end === from || text[end] === '<' || /[\s,.;:)]/.test(text.charAt(from)))) return;
  return judged(text, from, end, opening);
}

/** Of a quoted value: the closing quote as the opening one was written; without one the end of the line. */
function closingAt(text: string, from: number, opening: string): number {
  const sign = opening.slice(-1);
  const depth = opening.length - 1;
  const stop = new RegExp(`[\\n${sign}]`, 'g');
  for (let index = until(stop, text, from); index < text.length && text[index] === sign; index = until(stop, text, index + 1)) {
    let slashes = 0;
    while (text[index - 1 - slashes] === '\\') slashes += 1;
    if (depth === 0 ? slashes % 2 === 0 : slashes <= depth) return index - Math.min(slashes, depth);
  }
  return until(/\n/g, text, from);
}

function plainEnd(text: string, begin: number, { name, before, sign, isQuoted }: Found): number {
  if (sign === ')=(') return until(/[)\n\r]/g, text, begin);
  if (isQuoted) return until(/[\s,}\]]/g, text, begin);
  if (HAS_SPACES.test(name)) {
    const around = /(\\{0,15}["'`])[\w.-]{0,40}$/.exec(before)?.[1];
    return around === undefined ? until(/[\n\r]/g, text, begin) : closingAt(text, begin, around);
  }
  // A connection string has its own end, YAML the line's.
  if (sign === '=' && /;[ \t]*[\w ]{0,40}$/.test(before)) return until(/[;\n\r"'`]/g, text, begin);
  if (sign === ':' && LINE_BEGINS.test(before)) return until(before.includes('\\') ? /[\n\r"]/g : /[\n\r]/g, text, begin);
  return until(/[\s"'`]/g, text, begin);
}

/** A block of YAML: the lines that are indented more than the one of its name. */
function blockAt(text: string, first: number, before: string): Value {
  if (text[first - 1] === 'n') return { end: closingAt(text, first, '"'), instead: REDACTED };
  const indent = /^[ \t]*/.exec(before)?.[0].length ?? 0;
  let end = first;
  while (end < text.length && isInside(text, end, indent)) end = until(/\n/g, text, end) + 1;
  return { end: Math.min(end, text.length), instead: `${REDACTED}${text[end - 1] === '\n' && end <= text.length ? '\n' : ''}` };
}

function isInside(text: string, from: number, indent: number): boolean {
  const line = past(/[ \t]*/y, text, from);
  return line - from > indent || /[\r\n]/.test(text.charAt(line));
}
