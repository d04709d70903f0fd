// Longer than 250 lines: a list of patterns, each with what it finds.

/** What stands in the place of a secret. */
const REDACTED = '[redacted]';

/** Words of names whose values are secrets, in whatever form the name is written: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const SECRET_WORD =
  'passw(?:or)?d|passwort|passphrase|passcode|pwd|secret(?!s?manager)|token|credential|authorization|cookie|signature|' +
  '(?:api|access|account|private|shared|encryption|signing|master|license|storage)[_-]?key|sess(?:ion)?[_-]?id|connection[_-]?string|(?:(?<![a-z])|(?<=\\\\[nrt]))(?:auth|sig|sas|pass|pw|psk)(?![a-z])|(?:db|user|store|key|ftp|root|admin|mail|smtp|ldap|bind)(?:pass|pw)(?![a-z])|passkey';

/** The rest of the name behind the word: `token_v2`, `secretAccessKey`. */
const REST_OF_NAME = '[\\w.-]{0,40}';

/** A quote, also as JSON, URLs and HTML write it. */
const ANY_QUOTE = `(?:\\\\{0,15}["'\`]|%2[27]|&(?:quot|apos|#3[49]|#x2[27]);)`;

/** From a name to its value where each stands for itself: `{"name":"DB_PASSWORD","value":"…"}`, `<add key="Password" value="…"/>`. */
const TO_VALUE = `${ANY_QUOTE}?(?:[\\s,]|\\\\{1,15}[nrt]){1,60}${ANY_QUOTE}?(?:Parameter)?Value`;

/**
 * A name with what follows it up to its value; texts of SQL Server begin with `N'`. A resource of Secrets Manager, whose ARN has `:secret:`,
 * is no secret itself.
 */
const NAMED = new RegExp(
  `(?<!:\\d{12}:)(${SECRET_WORD})${REST_OF_NAME}(?:(?:${TO_VALUE})?(${ANY_QUOTE})?\\]?[ \\t]{0,8}(=>|:=|[=:]|%3[AD])[ \\t]{0,8}(?:N(?='))?|(>)|(?:[ \\t]{1,8}|[ \\t]{0,8}\\([ \\t]{0,8})(?=["']))`,
  'gi',
);

/** An option of a command line whose value is its next word, or the next one of a list. */
const OPTION = new RegExp(
  `((?:^|[\\s"'\\[,]|\\\\[nrt])--?[\\w-]{0,40}(?:${SECRET_WORD})[\\w-]{0,40}(?:\\\\{0,15}["'],[ \\t]{0,8}|[ \\t]{1,8}))(?!-)(\\\\{0,15}(?:"[^"\\n]*"?|'[^'\\n]*'?)|[^\\s"']+)`,
  'gi',
);

/** Names of headers and the like, whose values have spaces. */
const HAS_SPACES = /authorization|cookie|credential/i;

/** Values that only say whether a secret is set, or stand in the place of one; or there is none. */
const NO_SECRET =
  /^(?:true|false|yes|no|on|off|null|none|nil|undefined|empty|missing|\d{1,4}|\*+|x+|<[^>\s]*>?|\[redacted\]|[[{])?[.,;)}\]]*$/i;

type Replace = readonly [pattern: RegExp, by: string | ((...found: string[]) => string)];

/** A key; one without an end goes to the end of the text, which was cut there. */
const KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|$)/g;

/** Secrets that are known by what they look like; an escaped line break may stand before them. No pattern looks at a character more than a bounded number of times. */
const recognised: readonly Replace[] = [
  [/PuTTY-User-Key-File-\d[\s\S]*?(?:Private-MAC:.*|$)/g, REDACTED],
  [/(?:\b|(?<=\\[nrt]))AGE-SECRET-KEY-1[A-Z0-9]{20,}/g, REDACTED],
  // Ids of access keys, tokens with a beginning of their own.
  [/(?:\b|(?<=\\[nrt]))(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b/g, REDACTED],
  [/(?:\b|(?<=\\[nrt]))eyJ[\w-]{8,}(?:\.[\w-]+){0,4}/g, REDACTED],
  [
    /(?:\b|(?<=\\[nrt]))(?:gh[opsur]_|github_pat_|glpat-|xox[a-z]-|npm_|pypi-|hv[sb]\.|dop_v1_|shpat_|[srp]k_(?:live|test)_|sk-|SG\.|AIza|ya29\.)[\w.-]{16,}/g,
    REDACTED,
  ],
  // Addresses to which whoever knows them may post.
  [
    /((?:hooks\.slack\.com\/(?:services|workflows)|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks|(?:outlook\.office(?:365)?|webhook\.office)\.com\/webhook(?:b2)?)\/|api\.telegram\.org\/(?:file\/)?bot)[\w/@:%-]+/gi,
    `$1${REDACTED}`,
  ],
  // Hashes of passwords.
  [/\$(?:1|2[abxy]?|5|6|7|y|gy|argon2id?|scrypt|pbkdf2[\w-]{0,20})\$[\w./+=,$-]{8,}/g, REDACTED],
  // Schemes of HTTP: what follows is a secret where it looks like one, or the words "basic authentication" would go, too.
  [/(?:\b|(?<=\\[nrt]))(Bearer|Basic|Digest|Negotiate|ApiKey|Token)([ \t]{1,8}|%20|\+)([\w~+/=.:-]{6,})/gi, schemed],
  [/(?:\b|(?<=\\[nrt]))(AWS4-HMAC-SHA256[ \t]+)[^\n"']+/g, `$1${REDACTED}`],
  // Of a service by URL, and by the connection string of Go.
  [/(?:\b|(?<=\\[nrt]))[a-z][a-z0-9+.-]{1,30}:\/\/[^\s"'<>`]+/gi, withoutLogin],
  [/(jdbc:oracle:\w{1,10}:[\w$#]{1,64}\/)[^\s@/"'][^\s@"']{0,200}(?=@)/gi, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))([\w.-]{1,64}):([^\s@/:]{1,200})@((?:tcp|unix)\()/g, `$1:${REDACTED}@$3`],
  // Command lines whose options are too short to have a name.
  [
    /(?:\b|(?<=\\[nrt]))((?:mysql|mysqldump|mysqladmin|mysqlimport|mysqlsh|mariadb|mariadb-dump|mariadb-admin)\b[^\n|;&]{0,400}?\s-p)(?=[^\s-])[^\s]+/g,
    `$1${REDACTED}`,
  ],
  [/(?:\b|(?<=\\[nrt]))((?:sshpass|docker login|podman login)\b[^\n|;&]{0,200}?\s-p[ =]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:redis-cli)\b[^\n|;&]{0,200}?\s-a[ =]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:ldapsearch|ldapmodify|ldapadd|ldappasswd)\b[^\n|;&]{0,300}?\s-w[ ]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:sqlcmd|bcp)\b[^\n|;&]{0,300}?\s-P[ ]?)[^\s]+/g, `$1${REDACTED}`],
  [
    /(?:\b|(?<=\\[nrt]))((?:curl|wget|http)\b[^\n|;&]{0,400}?\s(?:-u|--user|--proxy-user|-U)[ =]?["']?[^\s:"']{0,100}:)[^\s"']+/g,
    `$1${REDACTED}`,
  ],
  [
    /(?:\b|(?<=\\[nrt]))((?:requirepass|masterauth|bindpw|rootpw|ConvertTo-SecureString(?:[ \t]+-String)?)[ \t]+)("[^"\n]*"?|'[^'\n]*'?|[^\s]+)/gi,
    `$1${REDACTED}`,
  ],
  [/(?:\b|(?<=\\[nrt]))(login[ \t]+[^\s]{1,100}[ \t]+password[ \t]+)[^\s]+/gi, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:zip|mosquitto_(?:pub|sub)|ipmitool)\b[^\n|;&]{0,300}?\s-P[ ]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:mongo(?:sh|dump|restore|export|import)?|cqlsh)\b[^\n|;&]{0,300}?\s-p[ ]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:7z[ar]?)\b[^\n|;&]{0,300}?\s-p)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:plink|pscp|psftp)\b[^\n|;&]{0,300}?\s-pw )[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:snmp(?:get|getnext|walk|bulkwalk|set))\b[^\n|;&]{0,300}?\s-[cAX][ ]?)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:x?freerdp)\b[^\n|;&]{0,300}?\s\/p:)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:smbclient|smbget|rpcclient|winexe)\b[^\n|;&]{0,300}?\s-U[ ]?[^\s%]{0,100}%)[^\s]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:sqlplus|expdp|impdp|sqlldr)\b[^\n|;&]{0,200}?\s[\w$#]{1,64}\/)[^\s@]+/g, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))((?:rabbitmqctl)\b[^\n|;&]{0,200}?\s(?:add_user|change_password)\s[^\s]{1,100}\s)[^\s]+/g, `$1${REDACTED}`],
  // SQL.
  [/(password[ \t]{1,8}for[ \t]{1,8}[^\s=]{1,200}[ \t]{0,8}=[ \t]{0,8})('(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.)*"?)/gi, `$1'${REDACTED}'`],
  [
    /(?:\b|(?<=\\[nrt]))(identified[ \t]+(?:with[ \t]+[^\s]{1,60}[ \t]+)?(?:by|as)[ \t]+(?:password[ \t]+)?)('(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.)*"?|[^\s;]+)/gi,
    `$1'${REDACTED}'`,
  ],
];

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
const LONE_VALUE = /(?=[^\s\d]*\d)\S{8,}[ \t]*(?:[\r\n]|$)/y;

/** How far before a colon is looked for what stands there; longer than ARNs and names are. */
const LOOK_BACK = 300;

/** A long word of letters and digits without a name: 40 are a secret key of AWS, 80 and more are a token. */
const LONG_WORD = /(?:(?<![A-Za-z0-9+/=\\])|(?<=\\[nrt]))([A-Za-z0-9+/]{40,})={0,2}/g;

/**
 * A text without the secrets in it: passwords, tokens, keys, connection strings, in JSON, YAML, on command lines, in headers and URLs.
 * What is not known as a secret stays as it is. The work grows with the length of the text, whatever the text is; redacting twice
 * changes nothing.
 *
 * @param names words of our own that are no name of a secret where a colon follows, such as `database auth`
 */
export function redacted(text: string, names: readonly string[] = []): string {
  const withoutKeys = withoutCutKey(text.replace(KEY, REDACTED));
  const recognisable = recognised.reduce((rest, [pattern, by]) => rest.replace(pattern, by as string), withoutKeys);
  return withoutNamed(recognisable.replace(OPTION, optioned), names).replace(LONG_WORD, (whole, word) =>
    isRandom(word) ? REDACTED : whole,
  );
}

/** The same for every text in a value, whatever its shape. */
export function redactedIn<Value>(value: Value, names: readonly string[] = []): Value {
  if (typeof value === 'string') return redacted(value, names) as Value;
  if (Array.isArray(value)) return value.map((each) => redactedIn(each, names)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redactedIn(each, names)])) as Value;
}

function schemed(whole: string, scheme: string, space: string, word: string): string {
  const value = word.replace(/[.:]+$/, '');
  const looksSecret = value.length >= 20 || /[\d_=+/~]/.test(value) || /[a-z][A-Z]/.test(value) || /\w\.\w/.test(value);
  return looksSecret ? `${scheme}${space}${REDACTED}${word.slice(value.length)}` : whole;
}

/** A URL, or several in one word, without the password before the host. */
function withoutLogin(urls: string): string {
  return urls
    .split(/(?<=[,;|])(?=[a-z][a-z0-9+.-]{1,30}:\/\/)/i)
    .map((url) => {
      const begin = url.indexOf('://') + '://'.length;
      const rest = url.slice(begin);
      const end = loginEnd(rest);
      if (end <= 0) return url;
      const [user, ...password] = rest.slice(0, end).split(':');
      // A token may stand where the user does; names as those of Git stay.
      const shown = password.length > 0 ? `${user}:${REDACTED}` : /https?:/i.test(url.slice(0, begin)) ? REDACTED : user;
      return `${url.slice(0, begin)}${shown}${rest.slice(end)}`;
    })
    .join('');
}

/** Where the `@` before the host stands; -1 without one. A password with a slash in it makes it look like a path. */
function loginEnd(rest: string): number {
  const head = rest.replace(/[/?#].*/, '');
  if (head.includes('@')) return head.lastIndexOf('@');
  const isNoPort = /^(?!\[)[^:]*:\d*\D/.test(head);
  return isNoPort ? rest.lastIndexOf('@') : -1;
}

function optioned(whole: string, option: string, value: string): string {
  return NO_SECRET.test(value.replace(/^\\*["']|\\*["']$/g, '')) ? whole : `${option}${quotedLike(value)}`;
}

function quotedLike(value: string): string {
  const quote = /\\*["']/.exec(value)?.[0] ?? '';
  return `${quote}${REDACTED}${quote}`;
}

/** The end of a key whose beginning is not in the text. */
function withoutCutKey(text: string): string {
  const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/.exec(text);
  if (!end) return text;
  let from = end.index;
  while (/[A-Za-z0-9+/=\s\\]/.test(text.charAt(from - 1))) from -= 1;
  return `${text.slice(0, from)}${REDACTED}${text.slice(end.index + end[0].length)}`;
}

/** Values that have a name which says that they are secret. */
function withoutNamed(text: string, notSecret: readonly string[]): string {
  const parts: string[] = [];
  let from = 0;
  const names = new RegExp(NAMED);
  for (let found = names.exec(text); found; found = names.exec(text)) {
    const begin = found.index + found[0].length;
    if (namesNoSecret(text, found, notSecret)) continue;
    const { end, instead } = valueAt(text, begin, found);
    if (instead !== undefined) {
      parts.push(text.slice(from, begin), instead);
      from = end;
    }
    names.lastIndex = end;
  }
  return [...parts, text.slice(from)].join('');
}

/** Whether what stands before the colon is the name of an error, a unit, a resource of AWS, or one of those given. */
function namesNoSecret(text: string, { 0: whole, 2: nameQuote, 3: separator, index }: RegExpExecArray, names: readonly string[]): boolean {
  if (nameQuote !== undefined || separator !== ':') return false;
  const end = index + whole.replace(/[ \t]*:[ \t]*$/, '').length;
  const near = text.slice(Math.max(0, end - LOOK_BACK), end);
  const arn = near.lastIndexOf('arn:');
  const goesOn = index + whole.length;
  const isApart = text[goesOn - 1] !== ':' || goesOn >= text.length || text[goesOn] === '\n';
  if (arn !== -1 && ARN.test(near.slice(arn)))
    return !(isApart && (ARN_OF_SECRETS.test(near.slice(arn)) || past(LONE_VALUE, text, goesOn) > goesOn));
  if (!isApart) return false;
  if (names.some((name) => near.endsWith(name) && !/[\w-]/.test(near.charAt(near.length - name.length - 1)))) return true;
  if (past(LONE_VALUE, text, goesOn) > goesOn) return false;
  const word = near.slice(lastWordAt(near));
  const last = word.slice(word.lastIndexOf('.') + 1);
  return ERROR_NAME.test(last) || ERROR_CODE.test(last) || UNIT.test(word);
}

/** Where the word at the end begins. */
function lastWordAt(text: string): number {
  let at = text.length;
  while (at > 0 && /[\w.-]/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

const QUOTE = /\\{0,15}["'`]/y;
/** A quote as URLs and HTML write it. */
const WRITTEN_QUOTE = /%2[27]|&(?:quot|apos|#3[49]|#x2[27]);/y;
/** A list or an object of JSON that has something in it, up to the first end of one. */
const LIST = /\[(?!redacted\]|\s*\])[^\]]*\]?|\{(?!\s*\})[^}]*\}?/y;
const BLOCK = /[|>][+-]?\d?[ \t]*(?:\n|\\{1,15}n)/y;

/** Of a block of YAML whose lines became one. */
const BLOCK_SIGN = /[|>][+-]?\d?[ \t]+/y;

/** The value that begins there: where it ends, and what stands in its place; nothing where it is no secret. */
function valueAt(text: string, begin: number, [name, , nameQuote, separator, tag]: RegExpExecArray): { end: number; instead?: string } {
  const inside = past(QUOTE, text, begin);
  if (inside > begin) {
    const opening = text.slice(begin, inside);
    const close = closingAt(text, inside, opening);
    return NO_SECRET.test(text.slice(inside, close)) ? { end: close } : { end: close, instead: `${opening}${REDACTED}` };
  }
  const within = past(WRITTEN_QUOTE, text, begin);
  if (within > begin) {
    const opening = text.slice(begin, within);
    const close = Math.min(next(opening, text, within), next('\n', text, within));
    return NO_SECRET.test(text.slice(within, close)) ? { end: close } : { end: close, instead: `${opening}${REDACTED}` };
  }
  const listed = past(LIST, text, begin);
  if (nameQuote !== undefined && listed > begin) return { end: listed, instead: REDACTED };
  const first = past(BLOCK, text, begin);
  if (separator === ':' && first > begin) return blockAt(text, first);
  const before = lineBefore(text, begin - (/(?:\n|\\n)([^\n\\]*)$/.exec(name)?.[1] ?? name).length);
  const from = past(BLOCK_SIGN, text, begin);
  const end = plainEnd(text, from, { name, before, nameQuote, separator, tag });
  const value = text.slice(from, end).trim();
  if (NO_SECRET.test(value)) return { end };
  // The folder in which something runs, and a result of tests.
  if (/^pwd(?![\w.-])/i.test(name) && /(?:^|[^\w.-])(?:OLD)?$/.test(before) && value.startsWith('/')) return { end };
  return { end, instead: REDACTED };
}

/** Where it goes on behind what the pattern finds there; there, when it finds nothing. */
function past(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Where the sign stands next; the end of the text when it does not. */
function next(sign: string, text: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at === -1 ? text.length : at;
}

/** Of a quoted value: the closing quote as the opening one was written; without one the end of the line. */
function closingAt(text: string, from: number, opening: string): number {
  const sign = opening.slice(-1);
  const depth = opening.length - 1;
  for (let at = text.indexOf(sign, from); at !== -1; at = text.indexOf(sign, at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (depth === 0 ? slashes % 2 === 0 : slashes <= depth) return at - Math.min(slashes, depth);
  }
  return next('\n', text, from);
}

/** Also of a line inside of a text that is quoted itself. */
const LINE_BEGINS = /(?:^|\\n)[ \t]*(?:-[ \t]+)?[\w.-]{0,40}$/;

interface Context {
  readonly name: string;
  /** The line before the name. */
  readonly before: string;
  readonly nameQuote: string | undefined;
  readonly separator: string | undefined;
  readonly tag: string | undefined;
}

function plainEnd(text: string, begin: number, { name, before, nameQuote, separator, tag }: Context): number {
  const until = (stop: RegExp) => {
    stop.lastIndex = begin;
    return stop.exec(text)?.index ?? text.length;
  };
  if (tag !== undefined) return until(/</g);
  if (nameQuote !== undefined) return until(/(?<!\[redacted)[\s,}\]]/g);
  if (HAS_SPACES.test(name)) {
    const around = /(\\{0,15}["'`])[\w.-]{0,40}$/.exec(before)?.[1];
    return around === undefined ? until(/[\n\r]/g) : closingAt(text, begin, around);
  }
  // A connection string has its own end, YAML the line's.
  if (separator === '=' && /;[ \t]*[\w ]{0,40}$/.test(before)) return until(/[;\n\r"'`]/g);
  if (separator === ':' && LINE_BEGINS.test(before)) return until(before.includes('\\') ? /[\n\r"]/g : /[\n\r]/g);
  return until(/[\s"'`]/g);
}

/** The end of the line so far, as much as is needed of it. */
function lineBefore(text: string, at: number): string {
  const near = text.slice(Math.max(0, at - 60), at);
  return near.slice(near.lastIndexOf('\n') + 1);
}

/** A block of YAML: the lines that are indented as its first one. */
function blockAt(text: string, first: number): { end: number; instead?: string } {
  if (text[first - 1] === 'n') return { end: closingAt(text, first, '"'), instead: REDACTED };
  let end = first;
  while (/[ \t\r\n]/.test(text.charAt(end))) end = next('\n', text, end) + 1;
  return { end, instead: `${REDACTED}${text[end - 1] === '\n' ? '\n' : ''}` };
}

/** As a key of AWS is, with 40 characters, or a token, with many more. A hash in hexadecimal is no secret. */
function isRandom(word: string): boolean {
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
  return isMixed && (word.length === 40 || word.length >= 80);
}
