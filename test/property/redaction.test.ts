import { ALARM_NAME, anAttempt, aPolicy, aState, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Defect } from '../../lambdas/core/failure.ts';
import { oneLine, outsideText } from '../../lambdas/core/outside-text.ts';
import { redacted } from '../../lambdas/core/redaction.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { intake } from '../../lambdas/steps/intake.ts';
import { verify } from '../../lambdas/steps/verify.ts';
import { sampleAlarm } from '../support/sample-events.ts';

/** Ways in which a secret stands in what programs write. */
const forms: readonly ((secret: string) => string)[] = [
  (secret) => `DB_PASSWORD=${secret}`,
  (secret) => `client_secret: "${secret}"`,
  (secret) => `{"user":"app","apiKey":"${secret}"}`,
  (secret) => JSON.stringify(JSON.stringify({ password: secret })),
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `Cookie: a=1; sid=${secret}`,
  (secret) => `postgres://app:${secret}@db:5432/shop`,
  (secret) => `run --token ${secret} now`,
  (secret) => `mysql -u root -p${secret} shop`,
  (secret) => `Server=db;Password=${secret};Encrypt=1`,
  (secret) => `db:\n  password: ${secret}\n  port: 1`,
  (secret) => `secret: |\n  ${secret}\nnext: 1`,
  (secret) => `ALTER USER app IDENTIFIED BY '${secret}'`,
  (secret) => `<password>${secret}</password>`,
  (secret) => `<property name="password" value="${secret}"/>`,
  (secret) => JSON.stringify([{ name: 'DB_PASSWORD', value: secret }]),
  (secret) => `env:\n  - name: DB_PASSWORD\n    value: ${secret}\n`,
  (secret) => `q=1%26password%3D${secret}`,
  (secret) => `\u001b[1mtoken\u001b[0m: \u001b[32m${secret}\u001b[0m`,
  (secret) => `token\u200b=${secret}`,
  (secret) => `password:\n  ${secret}`,
  (secret) => `<password encrypted="no">${secret}</password>`,
  (secret) => `password=Some("${secret}")`,
  (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`,
];

const secretArbitrary = fc
  .tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.+~-]{8,30}$/), fc.integer({ min: 10_000, max: 99_999 }))
  .map(([word, number]) => `${word}${number}`);
const wordsArbitrary = fc.string({ maxLength: 200, unit: fc.constantFrom(...'abc XYZ019 .,;:/\n[]()-_') });
const planted = fc
  .tuple(wordsArbitrary, fc.constantFrom(...forms), secretArbitrary, wordsArbitrary)
  .map(([before, form, secret, after]) => ({ secret, text: `${before}\n${form(secret)}\n${after}` }));

/** Everything that is kept or sent. */
function kept(world: World): string {
  return JSON.stringify([
    world.history,
    world.messages,
    [...world.items.attempts.values()],
    [...world.started.values()],
    [...world.items.endings.values()],
  ]);
}

async function throughAll(text: string, keepOutput?: false): Promise<string> {
  const world = fakePorts();
  const policy = aPolicy({ ...(keepOutput === false && { keepOutput }) });
  const reason = text.slice(0, 900);
  await intake(
    { policy, event: sampleAlarm('metric-alarm', { state: { value: 'ALARM', reason, timestamp: new Date(NOW).toISOString() } }) },
    world.ports,
    NOW,
  );
  await intake({ policy, event: { strange: text } }, world.ports, NOW);
  const result = {
    status: 'failed',
    detail: 'Failed',
    exitCode: 11,
    output: `${'x'.repeat(1_900)}\n${text}\nFAILED: ${text.replaceAll('\n', ' ')}`,
    errors: text,
  } as const;
  world.account.commands.set('command-1', { request: { document: 'd', instanceId: 'i', parameters: {}, token: 't' }, result });
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: text });
  const attempt = anAttempt({ receipt: { commandId: 'command-1' } });
  world.items.attempts.set(attempt.token, attempt);
  const check = { rung: 0, verifyBy: NOW - MINUTE };
  await verify(aState({ policy, next: { do: 'verify', at: new Date(NOW).toISOString(), check } }), world.ports, NOW);
  const error = { Error: 'Defect', Cause: JSON.stringify({ errorMessage: new Defect(text, undefined).message, trace: [text] }) };
  await conclude(aState({ policy, error }), world.ports, NOW);
  expect(world.messages.length).toBeGreaterThan(0);
  return kept(world);
}

describe('a secret in what comes from outside', () => {
  it('never reaches history, attempts, messages or workflow, whatever stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(planted, async ({ secret, text }) => {
        expect(await throughAll(text)).not.toContain(secret);
      }),
      { numRuns: runs(300) },
    );
  });

  it('is redacted once and for all', () => {
    fc.assert(
      fc.property(planted, ({ text }) => {
        expect(redacted(redacted(text))).toBe(redacted(text));
      }),
      { numRuns: runs(2_000) },
    );
  });
});

/** Pieces of text out of which patterns are made, in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...[
        'password',
        'token',
        'secret',
        '=',
        ': ',
        ' => ',
        '"',
        "'",
        '`',
        '<',
        '</',
        '>',
        '[',
        '{',
        '|\n',
        '>-\n',
        '\n',
        '\n  ',
        ' ',
        ',',
        'b',
        'x1',
      ],
      ...[
        '-----BEGIN PRIVATE KEY-----',
        'Cookie: ',
        'Authorization: ',
        'Bearer ',
        'mysql -p',
        '--token ',
        'postgres://a:',
        '@',
        '"value":"',
        '\\"',
      ],
      ...['PuTTY-User-Key-File-2', 'MIIEpAIBAAKCAQEA7Vx9q2', '<![CDATA[', 'define(', ')=(', '%22', '\u001b[1m', 'was not found'],
    ),
    { maxLength: 12 },
  )
  .map((each) => each.join(''));

it('a line behind survives, whatever stands before it', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      expect(redacted(`${text}\nFAILED: port 8080 is held by shop`)).toMatch(/(?:^|\n)FAILED: port 8080 is held by shop$/);
    }),
    { numRuns: runs(5_000) },
  );
});

it('what is redacted stays so, again and on one line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        pieces,
        planted.map(({ text }) => text),
      ),
      (text) => {
        const kept = redacted(text);
        expect(redacted(kept)).toBe(kept);
        const line = outsideText(text, 2_000);
        expect(redacted(line)).toBe(line);
        expect(oneLine(line)).toBe(line);
      },
    ),
    { numRuns: runs(5_000) },
  );
});

it('text without such a name stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: fc.constantFrom(...'abcdefgh XYZ019 .,;:/=\n"\'[]{}()-_<>') }), (text) => {
      expect(redacted(text)).toBe(text);
    }),
    { numRuns: runs(5_000) },
  );
});

it('where no output is to be kept, none is, not even ordinary words', async () => {
  await expect(throughAll('an ordinary line of a journal')).resolves.toContain('FAILED: an ordinary line');
  const world = await throughAll('an ordinary line of a journal', false);
  expect(world).not.toContain('FAILED: ');
  expect(world).toContain('the command ended as Failed with exit code 11');
});
