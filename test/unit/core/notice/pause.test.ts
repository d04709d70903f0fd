import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../../lambdas/core/notice/attributes.ts';
import { mailOf } from '../../../../lambdas/core/notice/mail.ts';
import { pauseNotice } from '../../../../lambdas/core/notice/pause.ts';

const ANNA = 'arn:aws:iam::123456789012:user/anna';
const began = { kind: 'began', why: 'the pause switch says: noon', since: NOW, by: ANNA, until: NOW + 2 * HOUR } as const;
const { until: _until, by: _by, ...endless } = began;

describe('The notice of a pause', () => {
  it('says who paused it, until when, and what to do', () => {
    const notice = pauseNotice(someOrigin, began, NOW + MINUTE);
    expect(notice).toMatchObject({
      id: '123456789012/eu-central-1/healing/pause/2026-11-02T10:20:00.000Z/began',
      stage: 'pause',
      severity: 'warning',
    });
    expect(attributesOf(notice)).toEqual({ outcome: 'pause', reason: 'pause-began', stage: 'pause', severity: 'warning', quiet: 'no' });
    expect(mailOf(notice)).toEqual({
      subject: 'PAUSED: pipeline healing, 123456789012 eu-central-1',
      body: [
        'PAUSED: pipeline healing, 123456789012 eu-central-1',
        '',
        'account 123456789012, eu-central-1',
        '',
        'SEEN',
        'the pause switch says: noon',
        'set at 10:20:00, 60 s ago, by arn:aws:iam::123456789012:user/anna',
        'It ends by itself at 12:20:00.',
        '',
        'WHY',
        'While it is paused, the pipeline starts nothing new.',
        '',
        'DO NOW',
        'Handle symptoms by hand. When the work is done:',
        'self-healing-pipeline resume --pipeline healing --region eu-central-1',
        '',
        'Sent 2 Nov 2026 10:21:00. All times are UTC.',
        'Pipeline healing, reason pause-began',
      ].join('\n'),
    });
  });

  it('says in a reminder how long it lasts and that it has no end; each reminder is one of its own', () => {
    const first = pauseNotice(someOrigin, { ...endless, kind: 'lasts' }, NOW + 4 * HOUR);
    const second = pauseNotice(someOrigin, { ...endless, kind: 'lasts' }, NOW + 8 * HOUR);
    expect(first).toMatchObject({ title: 'STILL PAUSED: pipeline healing, 123456789012 eu-central-1', thread: second.thread });
    expect(first.seen.slice(1)).toEqual(['set at 2026-11-02T10:20:00.000Z, 4 h ago', 'It has no end: only a person ends it.']);
    expect([first, second].map(({ id }) => id)).toEqual(
      ['14:20', '18:20'].map((time) => `123456789012/eu-central-1/healing/pause/2026-11-02T10:20:00.000Z/2026-11-02T${time}:00.000Z`),
    );
  });

  it('says of the end how long it was, and asks for nothing', () => {
    expect(pauseNotice(someOrigin, { ...endless, kind: 'ended' }, NOW + 4 * HOUR)).toMatchObject({
      title: 'RUNNING AGAIN: pipeline healing, 123456789012 eu-central-1',
      severity: 'info',
      seen: ['the pause switch says: noon', 'It was paused from 2026-11-02T10:20:00.000Z on, for 4 h.'],
      why: [],
      doNow: [
        { text: 'Nothing where an alarm stands: what ended as "paused" is taken up again. An event of RDS is not: look at its database.' },
      ],
    });
  });
});
