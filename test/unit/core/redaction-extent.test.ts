import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redacted, redactedIn } from '../../../lambdas/core/redaction.ts';

const b = '\\';
const random = (length: number) => 'aB1'.repeat(length).slice(0, length);

/** Texts in which all that has to go stands between « and ». */
const texts: Readonly<Record<string, readonly string[]>> = {
  'behind a scheme of HTTP where it looks like a secret': [
    'Bearer abcdefghijklmnopqrs x',
    'Bearer «abcdefghijklmnopqrst» x',
    'Bearer «hunter2».: x',
    'Bearer «abcdEfgh»: x',
    'Bearer abcdef.: x',
    'Basic «abc.def» x',
    'Digest ABCDEF. x',
    'Bearer a:bcdef x',
    'Token «abcdef=» x',
    'Bearer%20«hunter2x» x',
    'Negotiate+«hunter2x» x',
  ],
  'before the host of a URL': [
    'https://@host/x',
    'https://«hunter»@host/x y',
    'http://«hunter»@host/x y',
    'git+https://«hunter»@github.com/x.git',
    'ssh://git@host/x',
    'ssh://git@host/https:x',
    'http://host/a?b#c@d',
    'redis://:«a»@host',
    'redis://a:«b»@',
    'file:///a:b@c',
    'https://@host:x/y@z',
    'https://[::1]:5432/path@x',
    'postgres://app:«5x/pw»@db/shop',
    'redis://:«pa/ss»@cache',
    'https://host:5432/users@x',
    'https://host?x=a@b',
    'https://host#a@b',
    'amqp://a:«p»@h1,amqp://b:«q»@h2;c',
    'amqp://a:«p»@h1|amqp://b:«q»@h2',
    'mysql://u:«p:q@r»@h/x',
  ],
  'behind an option': [
    `run --token 'none' now`,
    'run --token none now',
    `run --token "«n'one»" now`,
    `run --token "«none'»" now`,
    `run --token "«'none»" now`,
    'run --password "«x y»" now',
    `run --password '«it is "so"»' now`,
    'run --password «hunter2» now',
    'run --token -x',
    `["--token","null"]`,
    `["--token","«n'one»"]`,
    `["--token","«'none»"]`,
    `[${b}"--token${b}",${b}"null${b}"]`,
    `[${b}"--token${b}",${b}"«hunter2»${b}"]`,
    `[${b}${b}${b}"--token${b}${b}${b}",${b}${b}${b}"«hunter2»${b}${b}${b}"]`,
  ],
  'that is a key, whole or cut': [
    'x: 1.«\nMIIEabc+/=\nQ0n3\n-----END RSA PRIVATE KEY-----»\nnext',
    '«MIIE\n-----END PRIVATE KEY-----»! a -«-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----» b',
    'a: «-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----» b',
    '«lQdG\n-----END PGP PRIVATE KEY BLOCK-----» b',
    `«MIIE${b}nabc${b}n-----END PRIVATE KEY-----»`,
    '«MIIEAKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLE\n-----END PRIVATE KEY-----» b',
    'a «-----BEGIN PRIVATE KEY-----»\nabc! and whatever else',
  ],
  'in quotes, up to the quote that ends it': [
    '{"password":"«hunter2»","user":"x"}',
    `{"password":"«a${b}${b}»","user":"x"}`,
    `{"password":"«a${b}"b»","user":"x"}`,
    `{"password":"«a${b}${b}${b}"b»","user":"x"}`,
    `{${b}"password${b}":${b}"«abc»${b}",${b}"user${b}":${b}"x${b}"}`,
    `{${b}"password${b}":${b}"«a${b}${b}${b}"b»${b}",${b}"user${b}":${b}"x${b}"}`,
    `{${b}"password${b}":${b}"«a${b}${b}${b}${b}»${b}",${b}"user${b}":${b}"x${b}"}`.replace(`«a${b}${b}${b}${b}»`, `«a»`),
    `"{${b}"password${b}":${b}"«abc»", x`,
    'password="«abc»',
    'password="«abc»\nnext line',
    'password="none" x',
    'password="" x',
    'password=`«abc»` x',
    `"password" => '«abc»' x`,
    `SET PASSWORD ('«abc»') x`,
    `password '«abc»' x`,
  ],
  'in a block of YAML': [
    'db:\n password: none \n x: 1',
    'secret: «|-\n  abc\n  def»\nnext: 1',
    'secret: «>2\n  abc\n\n  def»\nnext: 1',
    'secret: «>+1\n\tabc»\nnext: 1',
    'secret: «|+ \t\n  abc»\n',
    'secret: «|\n  abc»',
    'secret=«|»\n next',
    `{"x":"secret: «|${b}n  abc${b}n  def»","y":1}`,
    `{"x":"secret: «|${b}${b}n  abc${b}${b}n  def»","y":1}`,
    'secret: «| abc def»\nnext',
    'secret: «>- abc def»\nnext',
    'x secret: «> abc» def',
    'x secret: «|2 abc» def',
    'x secret: «>-  abc» def',
    'x secret: «|x» y',
    'secret: | none\nnext',
  ],
  'in XML, up to the next tag': ['<password>«a b»</password>', '<password>none</password>', '<password></password>', '<password>«a b»'],
  'without quotes where its name has some': [
    '{"password": «hunter2», "n": 1}',
    '{"password": «hunter2»}',
    '{"password": «hunter2» }',
    '[{"password": «hunter2»]',
    '{"password": «hunter"2»,',
    '{"password": 1234}',
    '{"tokens": «["a","b"]», "n": 1}',
    '{"tokens":«["a",\n"b"»',
    '{"secret": «{ "value": "a" }», "n": 1}',
    '{"secret":«{"value":{"b":"a"}»}}',
    '{"secret":«{"value":"a"»',
    '{"tokens": [ ], "secret": { }, "n": 1}',
    `{${b}"tokens${b}": «[${b}"a${b}",${b}"b${b}"]», ${b}"n${b}": 1}`,
    'x y token: «[a» b]',
  ],
  'in a header, up to the end of the line or of its quotes': [
    'curl -H "Authorization: «Digest a b»" https://x',
    `curl -H 'X-Authorization: «a b»' https://x`,
    `{${b}"h${b}":${b}"Cookie: «a=b c»${b}", 1}`,
    `"a" Authorization: «b "c" d»\nnext`,
    `"a" X-Authorization: «b "c" d»\nnext`,
    'Authorization: «a b»\r\nHost: x',
  ],
  'in a connection string, up to its semicolon': [
    'Server=db;Password=«my pw»;Encrypt=1',
    'Server=db; Password=«my pw»"; x',
    'Server=db;\tPassword=«my pw»;Encrypt=1',
    'Server=db;DB Password=«my pw»;Encrypt=1',
    'Server=db;Password=«my pw»',
    'host: a; password: «hunter2» x',
    'a;b=1 password=«hunter2» x',
    'a;b:1 password=«hunter2» x',
    'password=«hunter2» x;y',
  ],
  'in a line of YAML, up to its end': [
    'x:\n  password: «a"b c»\ny: 1',
    '- password: «a b»\ny: 1',
    '\tdb-password: «a b»\ny: 1',
    '-\t password: «a b»\r\ny: 1',
    `${' '.repeat(70)}password: «a b»\ny: 1`,
    `"event":"a${b}n  password: «my pw${b}nnext»" x`,
    'x y password: «hunter2» b',
    `x\n${'long'.repeat(20)} password: «hunter2» b`,
    '- a b password: «hunter2» c',
    'password=«hunter2» x y',
  ],
  'as one word': [
    'password := «hunter2» x',
    'password=; x',
    'password=«hunter2»"x',
    "password=«hunter2»'x",
    'password=«hunter2»`x',
    'password -> x',
  ],
  'and no name of an error, though a secret may follow it': [
    'x: AuthorizationErrorException: User: a is not authorized to perform: SNS:Publish on resource: b',
    'CredentialsProviderError: Could not load credentials from any providers',
    'InvalidToken: Invalid Token: '.concat("'«Invalid token»'"),
    'javax.security.auth.login.FailedLoginException: x y',
    'ExpiredTokenException:\nnext',
    'ExpiredToken : x',
    'x (InvalidClientTokenId): y',
    'AuthorizationErrorException: password=«hunter2» x',
    'ExpiredTokenException: Authorization: «Bearer a b»',
    'AuthorizationError=«hunter2 x»',
    'ExpiredTokenException:«hunter2 x»',
    '{"ExpiredTokenException": "«hunter2»"}',
    'passwordError: «hunter2 x»',
    'x password_Error: «hunter2» x',
    'x TokenErrors: «hunter2» x',
    'x InvalidTokens: «hunter2» x',
  ],
  'and no name of a unit or a resource of AWS': [
    'systemd[1]: credential-store.service: Main process exited, code=exited',
    'auth.socket: Failed to listen',
    'token-cache.timer: x y',
    'auth.service:\nnext',
    'auth.service: token=«hunter2» x',
    'auth.service=«hunter2» x',
    'auth.service:«hunter2 x»',
    '"auth.service": "«hunter2»"',
    'x auth.services: «hunter2» y',
    'x token_service: «hunter2» y',
    'arn:aws:states:eu-west-1:111122223333:execution:token-service-workflow:a1b2 x',
    'arn:aws:sns:eu-west-1:111122223333:auth-topic: AccessDenied',
    'arn:aws:iam::111122223333:role/x token: «hunter2» y',
    'learn: token: «hunter2» x',
    `arn:aws:sns:eu-west-1:111122223333:${'a-'.repeat(200)}token: «hunter2» x`,
  ],
  'and no folder in which something runs': [
    'PWD=/root',
    'OLDPWD=/root x',
    'export PWD=/root',
    'pwd: /root',
    'PWD=«root»',
    'MYSQL_PWD=«/root»',
    'db.pwd: «/x»',
    'PWD_X=«/root»',
    'token_pwd=«/x»',
    'token=«/x»',
  ],
  'though nothing names it, as long as keys and tokens are': [
    `x ${random(39)} y`,
    `x «${random(40)}» y`,
    `x «${random(40)}==» y`,
    `x ${random(41)} y`,
    `x ${random(79)} y`,
    `x «${random(80)}» y`,
    `x «${random(200)}» y`,
    `x ${'aB'.repeat(20)} y`,
    `x ${'ab1'.repeat(14).slice(0, 40)} y`,
    `x ${'AB1'.repeat(14).slice(0, 40)} y`,
    `x ${'aB'.repeat(50)} y`,
  ],
};

describe.each(Object.entries(texts))('a secret goes, and nothing around it, %s', (_, marked) => {
  it.each(marked)('%s', (text) => {
    const kept = text.replace(/«[^»]*»/g, '[redacted]');
    expect(redacted(text.replace(/[«»]/g, ''))).toBe(kept);
    expect(redacted(kept), 'redacted again').toBe(kept);
  });
});

/** The names of all exceptions of a client of the SDK. */
function exceptionsOf(client: object): readonly string[] {
  return Object.entries(client).flatMap(([name, member]) =>
    typeof member === 'function' && member.prototype instanceof Error ? [name, new member({ message: '', $metadata: {} }).name] : [],
  );
}

const clients = readdirSync(new URL('../../../node_modules/@aws-sdk/', import.meta.url)).filter((name) => name.startsWith('client-'));

describe('the name of an exception stays, and what it says', () => {
  it.each(clients)('of %s', async (client) => {
    const names = exceptionsOf(await import(`@aws-sdk/${client}`));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const said = `put it: ${name}: User: x is not authorized to perform: y on resource: z`;
      expect(redacted(said)).toBe(said);
      expect(redacted(`${name}: password=hunter2 x`)).toBe(`${name}: password=[redacted] x`);
    }
  });
});

describe('words that the caller says are no name of a secret', () => {
  it.each([
    ['alarm a-Auth: Threshold Crossed: 1 of 1', 'alarm a-Auth: Threshold Crossed: 1 of 1'],
    ['alarm a-Auth: password: hunter2 x', 'alarm a-Auth: password: [redacted] x'],
    ['x a-Auth: hunter2 x', 'x a-Auth: [redacted] x'],
    ['alarm a-Auth=hunter2 x', 'alarm a-Auth=[redacted] x'],
    ['alarm a-Auth:hunter2 x', 'alarm a-Auth:[redacted] x'],
    ['the-alarm a-Auth: hunter2 x', 'the-alarm a-Auth: [redacted] x'],
    ['xalarm a-Auth: hunter2 x', 'xalarm a-Auth: [redacted] x'],
    ['alarm a-Auth-b: hunter2 x', 'alarm a-Auth-b: [redacted] x'],
  ])('%s', (text, kept) => {
    expect(redacted(text, ['alarm a-Auth'])).toBe(kept);
    expect(redactedIn({ a: [text] }, ['alarm a-Auth'])).toEqual({ a: [kept] });
  });
});
