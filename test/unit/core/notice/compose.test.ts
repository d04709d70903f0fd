import { describe, expect, test } from 'vitest';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { MOST_BYTES, noticeSchema, readNotice } from '../../../../lambdas/core/notice/notice.ts';
import { originOf } from '../../../../lambdas/core/notice/origin.ts';

const NOW = Date.parse('2026-11-29T08:47:13.152Z');
const origin = originOf('healing', 'arn:aws:sns:eu-central-1:123456789012:healing-notifications');
const draft: Draft = { id: 'i/recovered/1', stage: 'recovered', headline: 'RECOVERED: memory on i-1', thread: 'i' };

describe('A notice', () => {
  test('has the place and time of its pipeline, and every list, also without anything in it', () => {
    expect(composed(origin, draft, NOW)).toEqual({
      version: '1',
      id: 'i/recovered/1',
      stage: 'recovered',
      severity: 'info',
      at: '2026-11-29T08:47:13.152Z',
      title: 'RECOVERED: memory on i-1, 123456789012 eu-central-1',
      pipeline: 'healing',
      account: { id: '123456789012' },
      region: 'eu-central-1',
      thread: 'i',
      alert: {
        key: 'healing:123456789012:eu-central-1:i',
        state: 'closed',
        summary: 'RECOVERED: memory on i-1, 123456789012 eu-central-1',
      },
      ...{ seen: [], done: [], notDone: [], why: [], kept: [], diagnosis: [], later: [], doNow: [], links: [] },
    });
  });

  test('names the account by its alias where there is one', () => {
    const named = originOf('healing', 'arn:aws-cn:sns:cn-north-1:123456789012:t', 'shop');
    expect(named.partition).toBe('aws-cn');
    expect(composed(named, draft, NOW)).toMatchObject({
      title: 'RECOVERED: memory on i-1, shop cn-north-1',
      account: { id: '123456789012', alias: 'shop' },
    });
    expect(originOf('healing', 'arn:aws:sns:eu-central-1:123456789012:t', '').account).toEqual({ id: '123456789012' });
    for (const arn of ['healing', 'arn::sns:eu-central-1:123456789012:t', 'arn:aws:sns::123456789012:t', 'arn:aws:sns:eu-central-1::t'])
      expect(() => originOf('healing', arn)).toThrow(`${arn} names no account and Region`);
  });

  test.each([
    ['recovered', 'info'],
    ['question', 'warning'],
    ['handed-off', 'critical'],
    ['storm', 'critical'],
  ] as const)('of the stage %s is %s, unless it says otherwise', (stage, severity) => {
    expect(composed(origin, { ...draft, stage }, NOW).severity).toBe(severity);
    expect(composed(origin, { ...draft, stage, severity: 'info' }, NOW).severity).toBe('info');
  });

  test.each([
    [{ drill: true }, 'DRILL: H, 123456789012 eu-central-1', 'info'],
    [{ drill: true, brokenOnPurpose: true, severity: 'critical' }, 'DRILL: H, 123456789012 eu-central-1', 'info'],
    [{ brokenOnPurpose: true }, 'DRILL FOR REAL: H, 123456789012 eu-central-1', 'critical'],
  ] as const)('with %j says in its title whether it is a drill, and is no more severe than that', (given, title, severity) => {
    expect(composed(origin, { ...draft, stage: 'handed-off', headline: 'H', ...given }, NOW)).toMatchObject({ title, severity });
  });

  test('has no secret and no line break in any text', () => {
    const done = { at: '2026-11-29T08:47:13Z', remedy: 'restart-service', rung: 0, summary: 'a\nb', result: 'failed' } as const;
    const notice = composed(
      origin,
      {
        ...draft,
        seen: ['one\ntwo', 'password=hunter22'],
        done: [done],
        kept: ['-----BEGIN RSA PRIVATE KEY-----', 'MIIB', '-----END RSA PRIVATE KEY-----', 'after'],
        diagnosis: [{ title: 'Processes', lines: ['java -Dpassword=hunter22'] }],
      },
      NOW,
    );
    expect(notice.seen).toEqual(['one two', 'password=[redacted]']);
    expect(notice.done).toEqual([{ ...done, summary: 'a b' }]);
    expect(notice.kept).toEqual(['[redacted]', 'after']);
    expect(notice.diagnosis).toEqual([{ title: 'Processes', lines: ['java -Dpassword=[redacted]'] }]);
  });

  test('leaves out lines of the machine without words, and fields without a value', () => {
    const notice = composed(origin, { ...draft, kept: ['one', '  ', '', 'two'], incident: undefined } as never, NOW);
    expect(notice.kept).toEqual(['one', 'two']);
    expect(notice).not.toHaveProperty('incident');
  });

  test('cuts what is too long, and says so by an ellipsis', () => {
    const notice = composed(origin, { ...draft, seen: [...Array(20).keys()].map(() => 'x'.repeat(2_000)) }, NOW);
    expect(notice.seen).toHaveLength(6);
    expect(notice.seen[0]).toBe(`${'x'.repeat(999)}…`);
    const wide = composed(origin, { ...draft, kept: [`a${'😀'.repeat(300)}`] }, NOW).kept[0] ?? '';
    expect(wide).toBe(`a${'😀'.repeat(199)}…`);
  });

  test('has its place in a title that is too long, and no link that would be cut', () => {
    const { title, links } = composed(
      origin,
      {
        ...{ ...draft, drill: true, headline: `RECOVERED: memory on ${'x'.repeat(300)}` },
        links: ['a'.repeat(980), 'a'.repeat(981)].map((page) => ({
          what: 'Alarm',
          url: `https://example.com${page.slice(0, page.length)}/`,
        })),
      },
      NOW,
    );
    expect(title).toHaveLength(300);
    expect(title).toMatch(/^DRILL: RECOVERED: memory on x+…, 123456789012 eu-central-1$/);
    expect(links.map(({ url }) => url.length)).toEqual([1_000]);
  });

  test('is below the bound however much was found, and keeps the newest lines of the machine', () => {
    const wide = '漢'.repeat(300);
    const notice = composed(
      origin,
      {
        ...draft,
        kept: [...Array(40).keys()].map((line) => `${line} ${wide}`),
        diagnosis: [...Array(12).keys()].map((title) => ({ title: `${title}`, lines: Array(40).fill(wide) })),
      },
      NOW,
    );
    expect(Buffer.byteLength(JSON.stringify(notice))).toBeLessThanOrEqual(MOST_BYTES);
    expect(noticeSchema.safeParse(notice).error).toBeUndefined();
    expect(notice.kept.at(-1)).toMatch(/^39 /);
    expect(notice.kept).toHaveLength(10);
    expect(notice.diagnosis).toHaveLength(12);
    expect(notice.diagnosis[0]?.lines).toHaveLength(10);
  });
});

describe('Reading a notice', () => {
  test('leaves out what a later version added', () => {
    const notice = composed(origin, { ...draft, target: { kind: 'instance', id: 'i-1' } }, NOW);
    expect(readNotice({ ...notice, mood: 'calm', target: { ...notice.target, colour: 'red' } })).toEqual(notice);
  });

  test('refuses what is none', () => {
    expect(readNotice({ version: '2' })).toBeUndefined();
  });
});
