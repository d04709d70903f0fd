import { describe, expect, it } from 'vitest';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { originOf } from '../../../../lambdas/core/notice/origin.ts';

const PLACE = 'healing:123456789012:eu-central-1';
const NOW = Date.parse('2026-11-29T08:47:13.152Z');
const origin = originOf('healing', 'arn:aws:sns:eu-central-1:123456789012:healing-notifications');
const onWeb = {
  policy: { name: 'Web-memory', symptom: 'memory', mode: 'automatic' },
  target: { kind: 'instance', id: 'i-0abc' },
} as const;
const alertOf = (draft: Partial<Draft>, of = origin) =>
  composed(of, { id: '1', thread: 'incident-1', headline: 'H', stage: 'started', ...draft }, NOW).alert;

describe('what a notice says to incident tools', () => {
  it('a recovery closes what the hand-off of an earlier incident of the same policy and target has opened', () => {
    const opened = alertOf({ ...onWeb, stage: 'handed-off', thread: 'incident-1' });
    const closed = alertOf({ ...onWeb, stage: 'recovered', thread: 'incident-2' });
    expect(opened).toMatchObject({ key: `${PLACE}:Web-memory:instance:i-0abc`, state: 'open' });
    expect(closed).toMatchObject({ key: opened?.key, state: 'closed' });
  });

  it.each([
    ['another policy', { policy: { ...onWeb.policy, name: 'Web-disk' } }],
    ['another target', { target: { kind: 'instance', id: 'i-0abd' } }],
    ['a storm of the fleet', { stage: 'storm', target: { kind: 'fleet', id: 'Web' } }],
    ['what was added and is still there', { stage: 'not-given-back' }],
  ] as const)('a recovery does not close that of %s', (_, other) => {
    const opened = alertOf({ ...onWeb, stage: 'handed-off', ...other });
    expect(opened?.state).toBe('open');
    expect(opened?.key).not.toBe(alertOf({ ...onWeb, stage: 'recovered' })?.key);
  });

  it.each([
    ['a question', { stage: 'question' }, 'open'],
    ['what lasts', { stage: 'still-not-healed' }, 'open'],
    ['what is given back', { stage: 'given-back' }, 'closed'],
    ['an end for which the symptom was gone', { stage: 'not-healed', reason: 'already-recovered' }, 'closed'],
    ['a hand-off after which the symptom was gone', { stage: 'handed-off', reason: 'already-recovered' }, 'open'],
    ['an end for which nobody knows', { stage: 'not-healed', reason: 'paused' }, 'open'],
    ['an end of a later version', { stage: 'not-healed', reason: 'toString' }, 'open'],
    ['a drill whose way is whole', { stage: 'not-healed', reason: 'drill', drill: true }, undefined],
    ['a drill that was stopped', { stage: 'not-healed', reason: 'already-recovered', drill: true }, undefined],
    ['what was broken on purpose and is not healed', { stage: 'handed-off', brokenOnPurpose: true }, 'open'],
    ['a remedy that was begun', { stage: 'started' }, undefined],
    ['an answer', { stage: 'answered' }, undefined],
    ['a shadow', { stage: 'not-healed', reason: 'shadow', severity: 'info' }, undefined],
  ] as const)('%s', (_, draft, state) => {
    expect(alertOf({ ...onWeb, ...draft })?.state).toBe(state);
  });

  it.each(['given-back', 'not-given-back'] as const)('what was added has a key of its own, %s', (stage) => {
    expect(alertOf({ ...onWeb, stage })?.key).toBe(`${PLACE}:Web-memory:instance:i-0abc:added`);
  });

  it.each([
    ['account', { ...origin, account: { id: '210987654321' } }],
    ['Region', { ...origin, region: 'us-east-1' }],
    ['pipeline', { ...origin, pipeline: 'second' }],
  ])('a recovery closes nothing of another %s', (_, other) => {
    const drafts = [onWeb, { stage: 'storm', target: { kind: 'fleet', id: 'Web' } }, { stage: 'pause' }, { thread: 'incident-1' }] as const;
    for (const draft of drafts) {
      const given: Partial<Draft> = { stage: 'handed-off', ...draft };
      expect(alertOf(given, other)?.key).not.toBe(alertOf(given)?.key);
    }
  });

  it('a pause is one alert, which its end closes', () => {
    const began = alertOf({ stage: 'pause', reason: 'pause-began', thread: 'healing/pause/1' });
    const ended = alertOf({ stage: 'pause', reason: 'pause-ended', severity: 'info', thread: 'healing/pause/2' });
    expect(began).toMatchObject({ key: `${PLACE}:pause`, state: 'open' });
    expect(ended).toMatchObject({ key: `${PLACE}:pause`, state: 'closed' });
  });

  it('what has no policy or no target is told apart by its thread', () => {
    expect(alertOf({ stage: 'handed-off', thread: 'incident-1' })?.key).toBe(`${PLACE}:incident-1`);
  });

  it('the key can stand in an address, and fits into every tool, with the end of a long name', () => {
    const named = (id: string) => alertOf({ ...onWeb, stage: 'handed-off', target: { kind: 'auto-scaling-group', id } })?.key ?? '';
    expect(named('a b/c?d')).toBe(`${PLACE}:Web-memory:auto-scaling-group:a_b_c_d`);
    const begin = `${PLACE}:Web-memory:auto-scaling-group:`;
    const room = 250 - begin.length;
    expect(named('x'.repeat(room))).toBe(`${begin}${'x'.repeat(room)}`);
    expect(named(`y${'x'.repeat(room)}z`)).toBe(`${begin}y${'x'.repeat(130 - begin.length - 1)}${'x'.repeat(119)}z`);
  });

  it('the summary is the title, cut where it is long', () => {
    expect(alertOf({ ...onWeb, stage: 'handed-off' })?.summary).toBe('H, 123456789012 eu-central-1');
    expect(alertOf({ ...onWeb, stage: 'handed-off', headline: 'x'.repeat(250) })?.summary).toBe(`${'x'.repeat(129)}…`);
  });
});
