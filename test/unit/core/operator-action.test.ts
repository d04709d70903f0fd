import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { believable, type OperatorAction, operatorLine, permits } from '../../../lambdas/core/operator-action.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';
const AT = '2026-11-02T10:20:00.000Z';

describe('the line of an action of an operator', () => {
  it.each([
    ['pause', false, 'pauses the pipeline'],
    ['resume', true, 'lets the pipeline act again'],
    ['approve', true, 'says yes to a question'],
    ['deny', false, 'says no to a question'],
    ['demote', false, 'makes the policy stricter'],
    ['promote', true, 'lets the policy do what it was deployed for'],
    ['hold-breaker', false, 'stops the policy'],
    ['release-breaker', true, "closes the policy's circuit breaker"],
  ] as const)('says of %s who it was, and it needs to be written down first: %s', (action, must, words) => {
    const given: OperatorAction = { action, by: ANNA };
    expect(permits(given)).toBe(must);
    expect(operatorLine(given, NOW)).toStrictEqual({
      at: AT,
      kind: 'operator',
      policy: '(all)',
      text: `${ANNA} ${words}`,
      action,
      by: ANNA,
    });
  });

  it('says what, why, and of which policy, incident and target', () => {
    const about = { policy: 'Web-memory', incident: 'a'.repeat(64), target: 'instance i-0000000a' };
    expect(operatorLine({ action: 'demote', by: ANNA, what: 'to shadow', why: 'a drill', ...about }, NOW)).toStrictEqual({
      at: AT,
      kind: 'operator',
      text: `${ANNA} makes the policy stricter: to shadow: a drill`,
      action: 'demote',
      by: ANNA,
      what: 'to shadow',
      why: 'a drill',
      ...about,
    });
  });

  it('leaves out what was left empty', () => {
    expect(operatorLine({ action: 'pause', by: ANNA, what: '', why: '' }, NOW).text).toBe(`${ANNA} pauses the pipeline`);
  });

  it('is one line without secrets, of bounded length, however the reason was written', () => {
    const { text, why } = operatorLine({ action: 'pause', by: ANNA, why: `password=hunter2x\nDONE ${'x'.repeat(600)}` }, NOW);
    expect(text).toBe(`${ANNA} pauses the pipeline: ${why}`);
    expect(why).not.toMatch(/hunter2x|\n/);
    expect(why).toHaveLength(500);
  });

  it('says of a failure that nobody knows whether it took place', () => {
    expect(operatorLine({ action: 'pause', by: ANNA, why: 'noon' }, NOW, 'timed out:\npassword=hunter2x').text).toMatch(
      /anna pauses the pipeline: noon: that failed, and whether it took place is not known: timed out: password=[^h\n]*$/,
    );
  });
});

describe('a line of the history', () => {
  const line = { at: AT, kind: 'outcome', policy: 'Web', text: 'recovered', outcome: 'recovered', reason: 'healed' } as const;

  it.each(['conclude/2026-11-02', 'operators', 'conclude/operators/', 'more-operators/anna'])(
    'is believed from the stream %s',
    (stream) => {
      expect(believable(line, stream)).toEqual(line);
    },
  );

  it('tells of no end where an operator could have written it', () => {
    expect(believable(line, 'operators/anna')).toStrictEqual({ at: AT, kind: 'operator', policy: 'Web', text: 'recovered' });
  });

  it('has of an operator nothing but the words of an action', () => {
    const about = { incident: 'a'.repeat(64), target: 'instance i-1' };
    const action = { action: 'approve', by: ANNA, what: 'reboot', why: 'it hangs', ...about };
    const more = { drill: 'd', asked: 'q', storm: {}, symptom: 'memory', alarm: 'x', milliseconds: 1, remedies: [] };
    const written: HistoryLine = { at: AT, kind: 'operator', policy: 'Web', text: 'yes', ...action };
    expect(believable({ ...written, ...more }, 'operators/anna')).toStrictEqual(written);
    expect(believable({ ...written, by: 7, what: {}, why: [] }, 'operators/anna')).toStrictEqual({
      ...{ at: AT, kind: 'operator', policy: 'Web', text: 'yes', action: 'approve', ...about },
    });
  });

  it.each([
    ['action', { action: 'pause' }],
    ['deed, as earlier versions wrote it,', { deed: 'pause' }],
  ])('has the action of an operator under %s', (_, said) => {
    const written: HistoryLine = { at: AT, kind: 'operator', policy: '(all)', text: 'pauses', ...said };
    expect(believable(written, 'operators/anna')).toStrictEqual({
      at: AT,
      kind: 'operator',
      policy: '(all)',
      text: 'pauses',
      action: 'pause',
    });
  });
});
