import { looksSecret, REDACTED, SECRET_WORD } from './named-secrets.ts';

type Replace = readonly [pattern: RegExp, by: string | ((...found: string[]) => string)];

/** The beginning of a word; an escaped line break may stand before it. */
const edged = (pattern: string, flags = 'g') => new RegExp(`(?:\\b|(?<=\\\\[nrt]))${pattern}`, flags);

const QUOTED_OR_WORD = `("[^"\\n]*"?|'[^'\\n]*'?|[^\\s;]+)`;

/** Command lines whose options are too short to have a name: programs, what stands before the secret, and what it is made of. */
const commands = [
  ['mysql(?:dump|admin|import|sh|check|pump|binlog|slap|show)?|xtrabackup|mariadb(?:-dump|-admin)?', '-p(?=[^\\s-])'],
  ['sshpass|docker login|podman login|mongo(?:sh|dump|restore|export|import)?|cqlsh', '-p[ =]?'],
  ['redis-cli', '-a[ =]?'],
  ['ldap(?:search|modify|add|passwd)', '-w ?'],
  ['sqlcmd|bcp|zip|mosquitto_(?:pub|sub)|ipmitool', '-P ?'],
  ['curl|wget|http', `(?:-[A-Za-z]{0,8}[uU]|--user|--proxy-user)[ =]?["']?[^\\s:"']{0,100}:`, `[^\\s"']+`],
  ['7z[ar]?', '-p'],
  ['plink|pscp|psftp', '-pw '],
  ['snmp(?:get|getnext|walk|bulkwalk|set)', '-[cAX] ?'],
  ['x?freerdp', '/p:'],
  ['smbclient|smbget|rpcclient|winexe', '-U ?[^\\s%]{0,100}%'],
  ['sqlplus|expdp|impdp|sqlldr', '[\\w$#]{1,64}/', '[^\\s@]+'],
  ['rabbitmqctl', '(?:add_user|change_password)\\s\\S{1,100}\\s'],
].map(([program, option, value = '\\S+']): Replace => [edged(`((?:${program})\\b[^\\n|;&]{0,400}?\\s${option})${value}`), `$1${REDACTED}`]);

/** Secrets that are known by what they look like; an escaped line break may stand before them. No pattern looks at a character more than a bounded number of times. */
export const recognised: readonly Replace[] = [
  [
    /PuTTY-User-Key-File-\d:?[^\n]*(?:\s+(?:(?:Encryption|Comment|Public-Lines|Private-Lines|Private-MAC|Key-Derivation|Argon2-\w+):[^\n]*|[A-Za-z0-9+/=]{16,}(?![\w:.-])|[A-Za-z0-9+/]{2,15}==?(?!\w)))*/g,
    REDACTED,
  ],
  [/(?:\b|(?<=\\[nrt]))AGE-SECRET-KEY-1[A-Z0-9]{20,}/g, REDACTED],
  // Ids of access keys, tokens with a beginning of their own.
  [/(?:\b|(?<=\\[nrt]))(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b/g, REDACTED],
  [/(?:\b|(?<=\\[nrt]))eyJ[\w-]{8,}(?:\.[\w-]+){0,4}/g, REDACTED],
  [
    /(?:\b|(?<=\\[nrt]))(?:gh[opsur]_|github_pat_|glpat-|xox[a-z]-|npm_|hf_|dckr_pat_|glrt-|whsec_|pypi-|hv[sb]\.|dop_v1_|shpat_|glsa_|gldt-|xapp-|ATATT|sntrys_|lin_api_|figd_|PMAK-|tskey-|sq0[a-z]{3}-|[srp]k_(?:live|test)_|sk-|SG\.|AIza|ya29\.)[\w.-]{16,}/g,
    REDACTED,
  ],
  // Addresses to which whoever knows them may post.
  [
    /((?:hooks\.slack\.com\/(?:services|workflows)|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks|(?:outlook\.office(?:365)?|webhook\.office)\.com\/webhook(?:b2)?)\/|api\.telegram\.org\/(?:file\/)?bot)[\w/@:%-]+/gi,
    `$1${REDACTED}`,
  ],
  // Hashes of passwords: of crypt and htpasswd, of LDAP, of PostgreSQL and PgBouncer.
  [/\$(?:1|apr1|2[abxy]?|5|6|7|y|gy|argon2id?|scrypt|pbkdf2[\w-]{0,20})\$[\w./+=,$-]{8,}/g, REDACTED],
  [/\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PBKDF2[\w-]{0,20}|ARGON2)\}[\w./+=,$-]{8,}/g, REDACTED],
  [edged('(?:SCRAM-SHA-(?:1|256)\\$\\d{1,9}:[\\w+/=$:-]{8,}|md5[0-9a-f]{32}\\b)'), REDACTED],
  // Schemes of HTTP: what follows is a secret where it looks like one, or the words "basic authentication" would go, too.
  [/(?:\b|(?<=\\[nrt]))(?<!\/)(Bearer|Basic|Digest|Negotiate|ApiKey|Token)([ \t]{1,8}|%20|\+)([\w~+/=.:-]{6,})/gi, schemed],
  [/(?:\b|(?<=\\[nrt]))(AWS4-HMAC-SHA256[ \t]+)[^\n"']+/g, `$1${REDACTED}`],
  // Of a service by URL, and by the connection string of Go.
  [/(?:\b|(?<=\\[nrt]))[a-z][a-z0-9+.-]{1,30}:\/\/[^\s"'<>`]+/gi, withoutLogin],
  [/(jdbc:oracle:\w{1,10}:[\w$#]{1,64}\/)[^\s@/"'][^\s@"']{0,200}(?=@)/gi, `$1${REDACTED}`],
  [/(?:\b|(?<=\\[nrt]))([\w.-]{1,64}):([^\s@/:]{1,200})@((?:tcp|unix)\()/g, `$1:${REDACTED}@$3`],
  ...commands,
  [
    edged(`((?:requirepass|masterauth|bindpw|rootpw|ConvertTo-SecureString(?:[ \\t]+-String)?)[ \\t]+)${QUOTED_OR_WORD}`, 'gi'),
    `$1${REDACTED}`,
  ],
  [edged('(login[ \\t]+\\S{1,100}[ \\t]+password[ \\t]+)\\S+', 'gi'), `$1${REDACTED}`],
  // A directive or a command that sets a variable.
  [
    edged(
      `((?:SetEnv|fastcgi_param|uwsgi_param|setx|config(?:ure)? set)[ \\t]+[\\w.:/@-]{0,80}(?:${SECRET_WORD})[\\w-]{0,40}[ \\t]+)${QUOTED_OR_WORD}`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
  // JSON whose value stands before its name.
  [
    new RegExp(
      `(\\\\{0,15}"value\\\\{0,15}"\\s{0,20}:\\s{0,20}\\\\{0,15}")[^"\\n\\\\]{1,500}(?=\\\\{0,15}"\\s{0,20},\\s{0,20}\\\\{0,15}"(?:name|key)\\\\{0,15}"\\s{0,20}:\\s{0,20}\\\\{0,15}"[\\w.-]{0,40}(?:${SECRET_WORD}))`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
  [/(password is generated for [^\s:]{1,200}: )[^\s]+/gi, `$1${REDACTED}`],
  // SQL.
  [/(password[ \t]{1,8}for[ \t]{1,8}[^\s=]{1,200}[ \t]{0,8}=[ \t]{0,8})('(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.)*"?)/gi, `$1'${REDACTED}'`],
  [
    /(?:\b|(?<=\\[nrt]))(identified[ \t]+(?:with[ \t]+[^\s]{1,60}[ \t]+)?(?:by|as)[ \t]+(?:password[ \t]+)?)('(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.)*"?|[^\s;]+)/gi,
    `$1'${REDACTED}'`,
  ],
];

function schemed(whole: string, scheme: string, space: string, word: string): string {
  const value = word.replace(/[.:]+$/, '');
  // The name of a file or the hash of an image is none.
  const isOther = /:\w|^[\w-]+\.(?:py|sh|js|ts|conf|json|ya?ml|txt)$/.test(value);
  const isSecret = looksSecret(value) || value.length >= 20 || /_/.test(value) || /\w\.\w/.test(value);
  return isSecret && !isOther ? `${scheme}${space}${REDACTED}${word.slice(value.length)}` : whole;
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
