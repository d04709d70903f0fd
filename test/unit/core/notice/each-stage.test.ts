import { expect, it } from 'vitest';
import { noticeEvent, noticeSource } from '../../../../lambdas/core/notice/event.ts';
import type { Stage } from '../../../../lambdas/core/notice/notice.ts';
import { composedOfEachStage } from '../../../support/notice-of-each-stage.ts';

const INCIDENT = 'a'.repeat(64);
const PAUSE = '123456789012/eu-central-1/healing/pause/2026-11-02T10:20:00.000Z';
const DIGEST = '123456789012/eu-central-1/healing/digest/2026-11-02';
const PLACE = 'healing:123456789012:eu-central-1';
const KEY = `${PLACE}:Web-memory:instance:i-0aaaabbbbccccdddd`;

it.each<[Stage, id: string, thread: string, severity: string, key?: string, state?: string]>([
  ['started', `${INCIDENT}/started/2`, INCIDENT, 'info'],
  ['still-not-healed', `${INCIDENT}/still-not-healed/1`, INCIDENT, 'warning', KEY, 'open'],
  ['question', `${INCIDENT}/question/2`, INCIDENT, 'warning', KEY, 'open'],
  ['answered', `${INCIDENT}/answered/2`, INCIDENT, 'info'],
  ['recovered', `${INCIDENT}/recovered/1`, INCIDENT, 'info', KEY, 'closed'],
  ['handed-off', `${INCIDENT}/handed-off/1`, INCIDENT, 'critical', KEY, 'open'],
  ['not-healed', `${INCIDENT}/not-healed/1`, INCIDENT, 'warning', KEY, 'open'],
  ['given-back', `${INCIDENT}/given-back/1`, INCIDENT, 'info', `${KEY}:added`, 'closed'],
  ['not-given-back', `${INCIDENT}/not-given-back/1`, INCIDENT, 'warning', `${KEY}:added`, 'open'],
  ['storm', `${INCIDENT}/storm/1`, INCIDENT, 'critical', `${PLACE}:Web-memory:fleet:Web`, 'open'],
  ['pause', `${PAUSE}/began`, PAUSE, 'warning', `${PLACE}:pause`, 'open'],
  ['digest', DIGEST, DIGEST, 'info'],
])(
  'a notice of the stage %s has an id and a thread, is as severe as it is, and opens or closes the alert of its key',
  (stage, ...expected) => {
    const { id, thread, severity, alert } = composedOfEachStage()[stage];
    expect([id, thread, severity, ...(alert ? [alert.key, alert.state] : [])]).toEqual(expected);
  },
);

it('a question links to where it is answered before all else', () => {
  const places = ['Answer in the console, as yourself', 'Runbook', 'Alarm', 'Instance', 'Workflow', 'History'];
  expect(composedOfEachStage().question.links.map(({ what }) => what)).toEqual(places);
});

it('a notice as an event has its stage for a type, and a source that no rule of a policy believes', () => {
  const notice = composedOfEachStage().question;
  expect(noticeEvent(notice)).toEqual({ detailType: 'question', detail: notice });
  expect(noticeSource('healing')).toBe('self-healing-notice.healing');
});
