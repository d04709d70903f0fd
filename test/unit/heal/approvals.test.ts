import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { answer, approvals } from '../../../bin/heal/approvals.ts';
import { CannotDo } from '../../../bin/heal/cannot-do.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { screenOf } from '../../../bin/heal/screen.ts';
import type { Answer } from '../../../lambdas/core/approval.ts';
import type { OpenRequest } from '../../../lambdas/core/ports.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const { id: incident, policy, target } = anIncident();

function anOpenRequest(given: Partial<OpenRequest['request']> = {}, answers: readonly Answer[] = []): OpenRequest {
  const asked = { incident, policy, target, rung: 0, remedy: 'restart-service', seen: 'memory', summary: 'use restart-service' };
  return {
    request: { id: `${incident}-0`, ...asked, askedAt: NOW, until: NOW + 15 * MINUTE, approvers: 2, ...given },
    answers,
    taskToken: 'token',
  };
}

const says = (voter: string, said: Answer['answer'] = 'approve'): Answer => ({ voter, who: `arn:${voter}`, answer: said, at: NOW });

let open: OpenRequest[];
let woken: string[];
let wakes: 'woken' | 'gone';
beforeEach(() => {
  open = [anOpenRequest()];
  woken = [];
  wakes = 'woken';
});

/** What somebody else does between one's own answer and one's second look. */
let meanwhile: () => void = () => {};

/** The operator as far as approvals need it. */
function operatorNamed(voter: string): Operator {
  return {
    approvals: {
      open: async () => open,
      answer: async ({ id }: OpenRequest['request'], mine: Answer) => {
        open = open.map((each) =>
          each.request.id === id ? { ...each, answers: [...each.answers.filter((one) => one.voter !== mine.voter), mine] } : each,
        );
        meanwhile();
      },
    },
    workflow: {
      wake: async (token: string) => {
        woken.push(token);
        return wakes;
      },
    },
    record: async () => {},
    caller: async () => ({ userId: voter, arn: `arn:${voter}` }),
  } as unknown as Operator;
}

const said = (voter: string, what: Answer['answer'], id = 'aaaaaaaa-1', now = NOW + MINUTE) =>
  answer(operatorNamed(voter), id, what, now, plainScreen(), 'noon');

describe('answering a question', () => {
  it('tells moments as they are for who answers', async () => {
    const screen = screenOf({ out: { write: () => true }, errors: { write: () => true }, zone: 'Asia/Tokyo' });
    const { text } = await answer(operatorNamed('anna'), 'aaaaaaaa-1', 'approve', NOW, screen);
    expect(text).toContain('it waits until 2026-11-02 19:35:00+09:00.');
  });

  it('wakes nobody while too few have approved, however often one person says it', async () => {
    expect((await said('anna', 'approve')).text).toContain('1 of 2 approvals');
    expect((await said('anna', 'approve')).text).toContain('1 of 2 approvals');
    expect(woken).toEqual([]);
  });

  it('wakes the workflow with the last approval that was needed', async () => {
    await said('anna', 'approve');
    expect((await said('ben', 'approve')).text).toContain('Noted as arn:ben. Approved: use restart-service');
    expect(woken).toEqual(['token']);
  });

  it('wakes it also when somebody else approved at the same moment', async () => {
    meanwhile = () => {
      open = open.map((each) => ({ ...each, answers: [...each.answers, says('ben')] }));
    };
    await said('anna', 'approve');
    meanwhile = () => {};
    expect(woken).toEqual(['token']);
  });

  it('wakes it at once for a denial, and says to later ones that approve what became of it', async () => {
    expect((await said('eve', 'deny')).text).toContain(
      'Not approved: use restart-service on instance i-0aaaabbbbccccdddd. Nothing is done, since arn:eve denied it: noon',
    );
    expect((await said('anna', 'approve')).text).toContain('Not approved');
    expect(woken).toEqual(['token', 'token']);
  });

  it('says when the workflow did not wait any more', async () => {
    wakes = 'gone';
    const { text } = await said('eve', 'deny');
    expect(text).toContain('If it is not begun, nothing is done, since arn:eve denied it: noon');
    expect(text).toContain('did not wait for it any more');
  });

  it('takes a denial after the time is up, since what was approved may still wait', async () => {
    open = [anOpenRequest({ approvers: 1 }, [says('anna')])];
    wakes = 'gone';
    expect((await said('eve', 'deny', 'aaaaaaaa-1', NOW + 16 * MINUTE)).data).toMatchObject({ verdict: { kind: 'denied' } });
    expect(open[0]?.answers).toContainEqual(expect.objectContaining({ voter: 'eve', answer: 'deny' }));
  });

  it.each([
    ['there is no such question', 'bbbbbbbb-1', NOW, 'no open question'],
    ['the id is no id', 'aaaa', NOW, 'no open question'],
    ['its time is up', 'aaaaaaaa-1', NOW + 16 * MINUTE, 'closed at'],
  ])('is refused when %s, and nothing is written', async (_, id, now, message) => {
    await expect(said('anna', 'approve', id, now)).rejects.toThrow(CannotDo);
    await expect(said('anna', 'approve', id, now)).rejects.toThrow(message);
    expect(open[0]?.answers).toEqual([]);
  });

  it('wants more digits when two questions are meant', async () => {
    const like = `aaaaaaaa${'b'.repeat(56)}`;
    open = [anOpenRequest(), anOpenRequest({ incident: like, id: `${like}-0` })];
    await expect(said('anna', 'approve')).rejects.toThrow('means 2 questions');
    expect((await said('anna', 'approve', `${incident}-1`)).text).toContain('1 of 2');
  });
});

describe('the list of questions', () => {
  it('has those that wait, and none that are decided or over', async () => {
    open = [
      anOpenRequest({}, [says('anna')]),
      anOpenRequest({ rung: 1, approvers: 1 }, [says('anna')]),
      anOpenRequest({ rung: 2, until: NOW }),
    ];
    const { text, data } = await approvals(operatorNamed('anna'), NOW + MINUTE, plainScreen());
    expect(text).toMatch(/aaaaaaaa-1 +Web-memory +instance i-0aaaabbbbccccdddd +use restart-service +1 of 2 +14 min/);
    expect(data).toHaveLength(1);
  });

  it('says so when there is none', async () => {
    open = [];
    expect((await approvals(operatorNamed('anna'), NOW, plainScreen())).text).toBe('No question waits for an answer.');
  });
});
