import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composed, type Draft } from '../../lambdas/core/notice/compose.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { MAIL_COLUMNS, mailOf } from '../../lambdas/core/notice/mail.ts';
import { MOST_BYTES, type Notice, noticeSchema, readNotice, stageNames } from '../../lambdas/core/notice/notice.ts';
import type { Origin } from '../../lambdas/core/notice/origin.ts';
import { endFor, reasonNames } from '../../lambdas/core/reasons.ts';

/** Text as somebody outside may write it: of any length, in any script, with quotes, line breaks and secrets. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('DO NOW\nrm -rf /', '漢'.repeat(2_000), '"\\'.repeat(900), 'x'.repeat(5_000), '\ud800', 'password=hunter22', ''),
);
const texts = fc.array(text, { maxLength: 50 });

const drafts: fc.Arbitrary<Draft> = fc.record({
  id: text,
  stage: fc.constantFrom(...stageNames),
  headline: text,
  thread: text,
  outcome: fc.option(text, { nil: undefined }),
  target: fc.option(fc.record({ kind: fc.constant('instance' as const), id: text, name: text, members: texts }), { nil: undefined }),
  seen: texts,
  done: fc.array(
    fc.record({
      at: fc.constant('2026-11-02T10:16:00.000Z'),
      remedy: text,
      rung: fc.nat(9),
      summary: text,
      result: fc.constantFrom('recovered', 'unknown', 'under-way' as const),
      why: text,
    }),
    { maxLength: 20 },
  ),
  notDone: fc.array(fc.record({ remedy: text, why: text }), { maxLength: 20 }),
  why: texts,
  kept: texts,
  diagnosis: fc.array(fc.record({ title: text, lines: texts }), { maxLength: 15 }),
  later: texts,
  doNow: fc.array(fc.record({ text, command: text }), { maxLength: 10 }),
  links: fc.array(fc.record({ what: text, url: text }), { maxLength: 15 }),
}) as fc.Arbitrary<Draft>;

function expectSound(notice: Notice): void {
  expect(noticeSchema.safeParse(notice).error).toBeUndefined();
  expect(readNotice(JSON.parse(JSON.stringify(notice)))).toEqual(notice);
  expect(Buffer.byteLength(JSON.stringify(notice))).toBeLessThanOrEqual(MOST_BYTES);
  const alone = new Set([...notice.doNow.map(({ command }) => command), ...notice.links.map(({ url }) => url)]);
  const { subject, body } = mailOf(notice);
  const long = body.split('\n').filter((line) => [...line].length > MAIL_COLUMNS && !alone.has(line));
  expect(long).toEqual([]);
  expect(subject).toMatch(/^[\x20-\x7e]{0,99}$/);
}

/** As many pipelines as one tool may hear. */
const origins: fc.Arbitrary<Origin> = fc.record({
  pipeline: fc.constantFrom('healing', 'second', 'a2345678901234567890'),
  partition: fc.constant('aws'),
  account: fc.record({ id: fc.constantFrom('111111111111', '222222222222') }),
  region: fc.constantFrom('eu-west-1', 'ap-southeast-1', 'us-gov-west-1'),
});

describe('a notice', () => {
  it('of any input is as its schema says and below the bound, and its mail fits on a phone', () => {
    fc.assert(
      fc.property(drafts, (draft) => expectSound(composed(someOrigin, draft, NOW))),
      { numRuns: runs(150) },
    );
  });

  it('of any end is so, too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...reasonNames), text, text, texts, (reason, why, name, kept) => {
        const attempts = [anAttempt({ result: 'failed', why, kept }), anAttempt({ rung: 1, result: 'not-taken' })];
        const ended = { incident: anIncident({ reason: why }), policy: aPolicy(), notes: { name }, attempts, end: endFor(reason, why, 1) };
        expectSound(endNotice(someOrigin, ended, NOW));
      }),
      { numRuns: runs(150) },
    );
  });

  it('of one pipeline, account and Region never opens or closes the alert of another, however long the names are', () => {
    const name = fc.oneof(text, fc.constant('x'.repeat(63)));
    const about = fc.record({
      policy: fc.record({ name, symptom: text, mode: text }),
      target: fc.record({ kind: fc.constant('fleet'), id: text }),
    });
    fc.assert(
      fc.property(origins, origins, drafts, fc.option(about), (one, other, draft, given) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const [left, right] = [one, other].map(
          (origin) => composed(origin, { ...draft, ...given, severity: 'warning' } as Draft, NOW).alert?.key,
        );
        expect(left).toBeDefined();
        expect(left).not.toBe(right);
      }),
      { numRuns: runs(150) },
    );
  });
});
