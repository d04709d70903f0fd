import { describe, expect, it } from 'vitest';
import { outsideText } from '../../../lambdas/core/outside-text.ts';
import { redacted } from '../../../lambdas/core/redaction.ts';

const SECRET = 'hUnt3r2-Zq8w';
const ESC = '\u001b';

/** Lines as programs write them, by what decides about them; all that has to go stands between « and ». */
const lines: Readonly<Record<string, readonly string[]>> = {
  'a tag ends at its own end, and a type in brackets or a closing tag is none': [
    `<password>«${SECRET}»</password> disk is full`,
    `<accessToken>«a1b2c3d4»</accessToken>`,
    `<password encrypted="no">«${SECRET}»</password>`,
    `<wsse:Password Type="x">«${SECRET}»</wsse:Password>`,
    `<password><![CDATA[«${SECRET}»]]></password>`,
    `<property name="connection.password">«${SECRET}»</property>`,
    `<param name="password"><value>«${SECRET}»</value></param>`,
    `<password>\n  «${SECRET}»\n</password>`,
    '<password><![CDATA[«a b»',
    'nginx: config </password>',
    'ClassCastException: List<Token>',
    'List<Token> tokens was empty',
    'Map<String,Token>: cannot cast',
    'std::vector<Token>::at: out of range',
    'Result<Token, Error>: unwrap on None',
    'mysql-password> ',
    'if password>8 then',
    'expected <token> but was <EOF>',
    'usage: login <password> [options]',
    'expected <token>, not this',
    '<password></password>',
    '<password>none</password>',
  ],
  'a key is what looks like one': [
    'expected "«-----BEGIN PRIVATE KEY-----»"',
    '«-----BEGIN RSA PRIVATE KEY-----» missing in /etc/ssl/x.key',
    '«-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,1\n\nMIIEpAIBAAKCAQEA7Vx9q2\nQ0n3fXy8Zk1m5p\nQ0==»',
    '«-----BEGIN PRIVATE KEY-----» MiB 800 in use',
    'Out of memory«\n-----END PRIVATE KEY-----»',
    'Out of memory here«\nMIIEpAIBAAKCAQEA7Vx9q2\n-----END PRIVATE KEY-----»',
    '«PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\nAAAAB3NzaC1yc2EAAAA\nPrivate-MAC: 12ab»',
    '«PuTTY-User-Key-File-2: ssh-rsa»',
    '«PuTTY-User-Key-File-2: ssh-rsa»\nConnectionRefusedError: x',
    '«-----BEGIN PRIVATE KEY-----»\nConnectionRefusedError: x',
  ],
  'quotes end on their line, whatever stands before the first one': [
    `password='«it»`,
    `password=b'«${SECRET}»'`,
    `password: u'«${SECRET}»'`,
    `UPDATE users SET password=E'«${SECRET}»'`,
    `ALTER USER app PASSWORD E'«${SECRET}»'`,
    `password=SecretStr('«${SECRET}»')`,
    `Config { password: Some("«${SECRET}»"), port: 1 }`,
    `["password"]=> string(12) "«${SECRET}»"`,
    `define('DB_PASSWORD', '«swordfish»');`,
    `setHeader("Authorization", "Bearer «${SECRET}»")`,
    `required('password', 'username')`,
    `\\x22password\\x22:\\x22«${SECRET}»\\x22`,
    `\\u0022password\\u0022:\\u0022«${SECRET}»\\u0022`,
    `password=«it»'s`,
  ],
  'a name may stand apart from its value': [
    `DETAIL:  Key (session_token)=(«${SECRET}») already exists.`,
    `A temporary password is generated for root@localhost: «${SECRET}»`,
    `password          =          «x1»`,
    `password:\n  «${SECRET}»\nport: 1`,
    `password:\n  '«${SECRET}»'`,
    'password:\n  port: 1',
    'password:\n  swordfish',
    'DB_PASSWORD= DB_HOST=db1',
    `{"value":"«${SECRET}»","name":"DB_PASSWORD"}`,
    `{"name":"DB_PASSWORD","type":"x","value":"«${SECRET}»"}`,
    `{"ParameterKey":"DBPassword","UsePreviousValue":false,"ParameterValue":"«${SECRET}»"}`,
    '{"value":"debug","name":"LOG_LEVEL"}',
    `SetEnv DB_PASSWORD «${SECRET}»`,
    `fastcgi_param DB_PASSWORD «${SECRET}»;`,
  ],
  'a list and a block end where they are written to end': [
    '"token": «[»\nline two\nthree',
    '{"secret": «{"a": 1»\nline two',
    '"tokens": «[\n  "a",\n  "b"\n]», 1',
    'last lines:\n  secret: «|\n    abc»\n  next',
  ],
  'more names': [
    `JWT_KEY=«${SECRET}»`,
    `Ocp-Apim-Subscription-Key: «${SECRET}»`,
    `connect.sid=«${SECRET}»`,
    `pass phrase: «${SECRET}»`,
    `curl -su app:«${SECRET}» x`,
    `mysqlcheck -uapp -p«${SECRET}»`,
    `«hf_${SECRET}abcdefghijklm» x`,
    `«dckr_pat_${SECRET}abcdefghijkl» x`,
    `«glrt-${SECRET}abcdefghij» x`,
    `«whsec_${SECRET}abcdefgh» x`,
  ],
  'colours and signs that are not seen part nothing': [
    `${ESC}[36mpassword${ESC}[39m: ${ESC}[32m'«${SECRET}»'${ESC}[39m`,
    `?[36mpassword?[39m: ?[32m'«${SECRET}»'?[39m`,
    `?[1mDB_PASSWORD?[0m=«${SECRET}»`,
    `\\u001b[1mDB_PASSWORD\\u001b[0m=«${SECRET}»`,
    `#033[1mDB_PASSWORD#033[0m=«${SECRET}»`,
    `password\u200b=«${SECRET}»`,
    `pass\u00adword=«${SECRET}»`,
    `password\u00a0=\u00a0«${SECRET}»`,
    `password\u2028: «${SECRET}»`,
    `password\u0000=«${SECRET}»`,
    `password???=«${SECRET}»`,
    `${ESC}[31mred${ESC}[0m and 👩‍💻 stay`,
    'is it?[maybe] so',
    'a\n[error] x',
  ],
  'a sentence holds no word as only secrets are': [
    'Authorization: «OAuth 9f8a7b6c5d4e3f2a1b0c9d8e is invalid»',
    'Cookie: «sid 0a1b2c3d4e5f60718293a4b5 was refused»',
  ],
  'words behind a value that tell nothing make no sentence': [
    'user=bob password: «swordfish» host=db',
    'login of bob with password: «swordfish» please retry',
  ],
  'a sentence behind a colon is no value': [
    'could not obtain token: connection refused',
    'Error refreshing token: dial tcp 10.0.0.1:443: connect: connection refused',
    'level=error msg="failed to get token: timeout"',
    'failed to read secret: permission denied',
    'failed to fetch anonymous token: unexpected status: 401 Unauthorized',
    'MountVolume.SetUp failed for volume "db-secret" : secret "db-secret" not found',
    'Error: secret "db-password" not found',
    'invalid signature: crypto/rsa: verification error',
    "JsonParseException: Unrecognized token 'foo': was expecting (JSON String, Number, Array)",
    'java.lang.IllegalStateException: Token: expected BEGIN_OBJECT but was STRING',
    'tokens: 4096 used, 0 left',
    'token=expired user=17',
    'pass: 3 fail: 1',
    'auth: user root not allowed',
    'dovecot: auth: Error: passwd-file: cannot open /etc/dovecot/users',
    'Unable to load credentials: no EC2 IMDS role found',
    'Credentials: could not be loaded',
    'authorization: denied by policy shop-readonly',
    'cookie: invalid domain shop.example',
    'password: must be at least 8 characters',
    'secret: not found in namespace default',
    'DB_PASSWORD: unbound variable',
    'panic: DB_PASSWORD: not set',
    '/opt/app/run.sh: line 3: DB_PASSWORD: parameter null or not set',
    'auth-service: connection refused',
    'container token-service: unhealthy',
    'session-id: gone',
    'No such image: auth-token:latest',
    'pwd: cannot access parent directories: No such file or directory',
    'database auth: connect ECONNREFUSED 10.0.0.1:5432',
    'DBInstance auth-token: not found.',
    `db password: «${SECRET}» was tried`,
    'db password: «hunter2» was tried',
    `password: «correct ${SECRET} battery»`,
    `password: «not ${SECRET} but it»`,
    '  password: «correct horse battery staple»',
    `{user: app, password: «swordfish,» host: db}`,
    `Cookie: «a=missing; sid=${SECRET}»`,
  ],
  'a path and a file are no value': [
    'cat: /run/secrets/password: Permission denied',
    '/usr/lib/passwd: line 3: command not found',
    '/opt/app/token.sh: line 12: curl: command not found',
    '/usr/bin/app --token-file /etc/app/token --user x',
    '--password-file=/run/secrets/x',
    'credentialsFile: /etc/x.json missing',
    'secretName: db-credentials',
    `secret/db/password: «${SECRET}» x`,
    `--token «/run/secrets/x»`,
  ],
  'behind a scheme of HTTP stands no word of a sentence': [
    '"GET /auth/token HTTP/1.1"',
    'Basic setup.py failed with exit status 1',
    'Basic auth/http: no',
    'Digest sha256:abcd mismatch for image',
    'Token usage/limits: 5',
    `Token «${SECRET}» x`,
  ],
};

describe.each(Object.entries(lines))('%s', (_, marked) => {
  it.each(marked)('%s', (text) => {
    const given = text.replace(/[«»]/g, '');
    const kept = text.replace(/«[^»]*»/g, '[redacted]');
    // Of a text with a secret colours go, too.
    expect(redacted(given)).toBe(kept.includes('[redacted]') ? seen(kept) : kept);
    expect(redacted(kept), 'redacted again').toBe(kept);
  });

  it.each(marked)('%s, and the line behind it stays, and on one line it is the same again', (text) => {
    const given = text.replace(/[«»]/g, '');
    expect(redacted(`${given}\nFAILED: port 8080 is held by process 4711`)).toMatch(/\nFAILED: port 8080 is held by process 4711$/);
    const line = outsideText(given, 500);
    expect(line).not.toContain(SECRET);
    expect(redacted(line)).toBe(line);
    for (let most = 8; most < 60; most += 1) expect(outsideText(given, most)).not.toMatch(/hUnt3r2|\[r\w*…/);
  });
});

function seen(text: string): string {
  return text
    .replace(/(?:\p{Cc}|\?|\\u001b|#033)\[\d{1,2}m/gu, '')
    .replace(/\p{Cf}/gu, '')
    .replace(/(?!\n)[\p{Cc}\p{Z}]/gu, ' ');
}
