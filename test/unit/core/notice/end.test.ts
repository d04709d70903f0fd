import { anAttempt, anIncident, aPolicy, HOUR, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { closedBreaker } from '../../../../lambdas/core/circuit-breaker.ts';
import type { Incident } from '../../../../lambdas/core/incident.ts';
import type { ModeOverride } from '../../../../lambdas/core/mode.ts';
import { type Ended, endNotice } from '../../../../lambdas/core/notice/end.ts';
import { reasonWords } from '../../../../lambdas/core/reason-words.ts';
import { type End, endFor } from '../../../../lambdas/core/reasons.ts';

const INCIDENT = anIncident().id;
const on = `memory on instance ${INSTANCE_ID}, 123456789012 eu-central-1`;
const noticeOf = (end: End, given: Partial<Ended> = {}) =>
  endNotice(someOrigin, { incident: anIncident(), policy: aPolicy(), attempts: [], end, ...given }, NOW);
const drill = { incident: anIncident({ drill: '0123456789abcdef' }) };
const single = aPolicy({ group: { kind: 'single', target: { kind: 'instance', id: INSTANCE_ID } } });
const passed: End = { ...endFor('shadow', '', 0), symptomGone: true };
const inVain = anAttempt({ result: 'not-recovered' });
const notTaken = anAttempt({ result: 'not-taken' });
const lead: End = { ...endFor('storm', '10 of 50', 0), details: ['MEMBERS    i-1'] };

describe('the notice of an end', () => {
  it.each<[string, End, Partial<Ended>, title: string, stage: string, severity: string]>([
    ['a recovery', endFor('healed', 'alarm is OK', 1), {}, `RECOVERED: ${on}`, 'recovered', 'info'],
    ['a hand-off', endFor('target-busy', '', 0), {}, `NEEDS YOU: ${on}`, 'handed-off', 'critical'],
    ['what was left alone', endFor('paused', '', 0), {}, `NOT HEALED: ${on}`, 'not-healed', 'warning'],
    ['what was over', endFor('already-recovered', '', 0), {}, `ALREADY RECOVERED: ${on}`, 'not-healed', 'info'],
    ['a shadow', endFor('shadow', '', 0), {}, `SHADOW, NOTHING DONE: ${on}`, 'not-healed', 'info'],
    ['a shadow whose symptom passed', passed, {}, `SHADOW, NOTHING DONE: ${on}`, 'not-healed', 'info'],
    ['one that passed after an act', passed, { attempts: [inVain] }, `ALREADY RECOVERED: ${on}`, 'not-healed', 'info'],
    ['one that passed after no act', passed, { attempts: [notTaken] }, `SHADOW, NOTHING DONE: ${on}`, 'not-healed', 'info'],
    ['a shadow after an act', endFor('shadow', '', 1), {}, `NEEDS YOU: ${on}`, 'handed-off', 'critical'],
    ['a drill', endFor('drill', '', 0), drill, `DRILL: THE WAY IS WHOLE: ${on}`, 'not-healed', 'info'],
    ['a drill that was stopped', endFor('target-busy', '', 0), drill, `DRILL: STOPPED ON THE WAY: ${on}`, 'not-healed', 'info'],
    ['a storm of a fleet', lead, {}, 'NEEDS YOU: memory on many members of Web, 123456789012 eu-central-1', 'storm', 'critical'],
    ['a storm of one target', lead, { policy: single }, `NEEDS YOU: ${on}`, 'storm', 'critical'],
    [
      'what has lines and is no storm',
      { ...endFor('paused', '', 0), details: ['MEMBERS    i-1'] },
      {},
      `NOT HEALED: ${on}`,
      'not-healed',
      'warning',
    ],
    ['one of a storm that another speaks for', endFor('storm', '', 0), {}, `NEEDS YOU: ${on}`, 'handed-off', 'critical'],
  ])('of %s says so in its title, and is as severe', (_, end, given, title, stage, severity) => {
    const id = `${INCIDENT}/${stage}/1`;
    expect(noticeOf(end, given)).toMatchObject({ id, title, stage, severity, outcome: end.outcome, reason: end.reason });
  });

  it.each<[string, End, Partial<Ended>, string | undefined]>([
    ['of a shadow whose symptom passed', passed, {}, 'closed'],
    ['of one that passed after an act', passed, { attempts: [inVain] }, 'closed'],
    ['of one whose symptom stayed', endFor('shadow', '', 0), {}, undefined],
    ['of one whose symptom stayed after an act', endFor('shadow', '', 1), { attempts: [inVain] }, 'open'],
    ['of a drill', { ...endFor('drill', '', 0), symptomGone: true }, drill, undefined],
  ])('says what becomes of the alert: %s', (_, end, given, state) => {
    expect(noticeOf(end, given).alert?.state).toBe(state);
  });

  it('of a storm is about the fleet, with the members that are known', () => {
    expect(noticeOf(lead).target).toStrictEqual({ kind: 'fleet', id: 'Web' });
    expect(noticeOf({ ...lead, members: ['i-1', 'i-2'] }).target).toStrictEqual({ kind: 'fleet', id: 'Web', members: ['i-1', 'i-2'] });
    expect(noticeOf(lead, { policy: single }).target).toStrictEqual({ kind: 'fleet', id: `instance ${INSTANCE_ID}` });
    expect(noticeOf(lead).seen.at(-1)).toBe(`one incident with a common cause; instance ${INSTANCE_ID} speaks for all`);
    expect(noticeOf(endFor('storm', '', 0)).target).toStrictEqual({ kind: 'instance', id: INSTANCE_ID });
  });

  const open = { state: 'open', since: NOW, until: NOW + MINUTE, why: '3 repairs failed' } as const;
  const told = (reason: string): Partial<Incident> => ({
    follows: { id: 'b'.repeat(64), reason: 'cooldown', told: [{ reason, id: 'c'.repeat(64), at: NOW }] },
  });

  it.each<[string, End, Partial<Ended>, readonly string[]]>([
    ['nothing but its meaning', endFor('paused', '', 0), {}, []],
    ['what was seen', endFor('paused', 'it was 93.4567', 0), {}, ['it was 93.5']],
    ['no word of an attempt again', endFor('ladder-exhausted', 'still there', 1), { attempts: [anAttempt({ why: 'still there' })] }, []],
    ['what is known where the attempts are not', endFor('ladder-exhausted', 'still there', 1), { attempts: undefined }, ['still there']],
    [
      'that the breaker is open',
      endFor('paused', '', 0),
      { breaker: open },
      ['The circuit breaker is open until 2026-11-02T10:21:00.000Z: nothing more is done under policy Web-memory, since 3 repairs failed'],
    ],
    ['nothing of a closed breaker', endFor('paused', '', 0), { breaker: closedBreaker }, []],
    [
      'what was passed over, and how often it was healed',
      endFor('paused', '', 0),
      { passedOver: ['clear-caches helped 0 of 5 times'], healed: 3 },
      ['Passed over, since clear-caches helped 0 of 5 times', 'It was healed 3 times within a week: the cause is still there'],
    ],
    [
      'of what people were told before',
      endFor('paused', '', 0),
      { incident: anIncident(told('paused')) },
      ['It is still so as people were told at 2026-11-02T10:20:00.000Z (incident cccccccc); that is said again once a day'],
    ],
    [
      'nothing where people were told nothing',
      endFor('paused', '', 0),
      { incident: anIncident({ follows: { id: 'b', reason: 'paused' } }) },
      [],
    ],
    ['nothing of what they were told for another reason', endFor('paused', '', 0), { incident: anIncident(told('cooldown')) }, []],
    [
      'whom it follows',
      endFor('paused', '', 0, { kind: 'incident', id: 'i-1', at: NOW }),
      {},
      ['It follows incident i-1, of which people were told at 2026-11-02T10:20:00.000Z'],
    ],
    ['whom it follows, told or not', endFor('paused', '', 0, { kind: 'incident', id: 'i-1' }), {}, ['It follows incident i-1']],
  ])('says why: %s', (_, end, given, more) => {
    expect(noticeOf(end, given).why).toEqual([reasonWords[end.reason].means, ...more]);
  });

  const story = { text: 'The whole story:', command: 'self-healing-pipeline why aaaaaaaa --pipeline healing --region eu-central-1' };
  const look = [
    'Open a session on the instance:',
    'Linux: what failed, and what was logged as an error last:',
    'If it does not answer, see what its console shows:',
  ];
  const demotion: ModeOverride = { mode: 'approval', why: '3 repairs failed', at: NOW, by: 'self-healing' };

  it.each<[string, End, Partial<Ended>, readonly string[]]>([
    ['nothing after a recovery', endFor('healed', '', 1), {}, [reasonWords.healed.doNow, story.text]],
    ['a look at the target', endFor('paused', '', 0), {}, [reasonWords.paused.doNow, ...look, story.text]],
    ['no look where the symptom is gone', endFor('already-recovered', '', 0), {}, [reasonWords['already-recovered'].doNow, story.text]],
    ['no look where it was seen to be gone', { ...endFor('paused', '', 0), symptomGone: true }, {}, [reasonWords.paused.doNow, story.text]],
    [
      'nothing where a shadow passed',
      passed,
      {},
      ['Nothing: the symptom passed by itself. When the records have convinced you, deploy the policy in another mode.', story.text],
    ],
    ['nothing where it passed after an act', passed, { attempts: [inVain] }, ['Nothing: the symptom is gone.', story.text]],
    [
      'that nothing brings an event of RDS again, whatever passes',
      endFor('paused', '', 0),
      { policy: aPolicy({ evidence: { kind: 'database-status' } }) },
      [
        reasonWords.paused.doNow,
        'It came as an event of RDS, which nothing brings again: it is not taken up later by itself.',
        ...look,
        story.text,
      ],
    ],
    [
      'no word of that where a person has it anyway',
      endFor('unsafe-to-act', '', 0),
      { policy: aPolicy({ evidence: { kind: 'database-status' } }) },
      [reasonWords['unsafe-to-act'].doNow, ...look, story.text],
    ],
    ['nothing after a drill', endFor('drill', '', 0), drill, [reasonWords.drill.doNow, story.text]],
    [
      'what stopped a drill',
      endFor('target-busy', '', 0),
      drill,
      ['Nothing at the target, where no fault is: this was a drill. Mend what stopped it, then hold it again.', story.text],
    ],
    [
      'how to let the policy act again',
      endFor('healed', '', 1),
      { demotion },
      [
        ...[reasonWords.healed.doNow, story.text],
        'From now on the policy asks before it acts, because of this failure. To let it act by itself again:',
      ],
    ],
  ])('says what to do: %s', (_, end, given, texts) => {
    const { doNow } = noticeOf(end, given);
    expect(doNow.map(({ text }) => text)).toEqual(texts);
    expect(doNow).toContainEqual(story);
    if (given.demotion)
      expect(doNow.at(-1)?.command).toBe('self-healing-pipeline promote Web-memory --pipeline healing --region eu-central-1');
  });

  it('says what follows by itself, what scripts kept, and what was found out for the person after what the end has', () => {
    const later = { at: NOW + HOUR, summaries: ['lower the capacity of web to 2', 'start i-2'] };
    const diagnosis = [{ title: 'Processes', lines: ['java'] }];
    const attempts = [anAttempt({ kept: ['a line'], result: 'failed' })];
    expect(noticeOf(lead, { later, diagnosis, attempts })).toMatchObject({
      later: later.summaries.map((summary) => `From 2026-11-02T11:20:00.000Z on, if the symptom stays away: ${summary}`),
      kept: ['a line'],
      diagnosis: [{ title: 'Members that have it', lines: ['i-1'] }, ...diagnosis],
    });
    expect(noticeOf(endFor('paused', '', 0), { diagnosis: undefined })).toMatchObject({ later: [], kept: [], diagnosis: [] });
  });
});
