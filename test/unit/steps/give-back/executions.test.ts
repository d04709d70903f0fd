import { aGroup, aMember } from '@self-healing/simulation/accounts.ts';
import { capacityPolicy, GROUP } from '@self-healing/simulation/kept-capacity.ts';
import { type PlayOptions, playStory } from '@self-healing/simulation/play-story.ts';
import type { SynthesizedStack } from '@self-healing/simulation/synthesized-stack.ts';
import { describe, expect, it } from 'vitest';
import { Defect } from '../../../../lambdas/core/failure.ts';
import { aFault, aStory, formerHealingStack, healingStack } from '../../../support/outage-stage.ts';

/** A group whose load goes away when an instance was added, by the definition of the stack. */
const overloaded = (stack: SynthesizedStack, options?: PlayOptions) =>
  playStory(
    aStory({
      policies: [capacityPolicy],
      instances: [],
      groups: [aGroup({ members: [aMember('i-00000001'), aMember('i-00000002')] })],
      faults: [aFault({ policy: capacityPolicy.name, target: GROUP, curedBy: ['add-capacity'], cureTakes: 60_000 })],
    }),
    stack,
    options,
  );

/** Who ran what after the end of the incident, each once. */
const ranAfter = ({ invocations, lines }: Awaited<ReturnType<typeof overloaded>>) => {
  const ended = Date.parse(lines.find(({ kind }) => kind === 'outcome')?.at ?? '');
  return [...new Set(invocations.filter(({ startedAt }) => startedAt > ended).map((invocation) => invocation.function))];
};

const own = ['consider-give-back', 'give-back-add-capacity', 'report-give-back'];

describe('an execution that gives back what it added', () => {
  it('calls the functions of giving back, and none of the incident', async () => {
    const history = await overloaded(healingStack);
    expect(ranAfter(history)).toEqual(own);
    expect(history.returns.map(({ call, by }) => [call, by.function])).toEqual([['groups.setDesiredCapacity', 'give-back-add-capacity']]);
    expect(history.lines.at(-1)).toMatchObject({ kind: 'given-back', reason: 'given-back' });
  });

  it('ends as well where it began under a version that gave back by the functions of the incident', async () => {
    const history = await overloaded(formerHealingStack);
    expect(ranAfter(history)).toEqual(['triage', 'remediate-add-capacity', 'conclude']);
    expect(history.returns).toHaveLength(1);
    expect(history.lines.at(-1)).toMatchObject({ kind: 'given-back', reason: 'given-back' });
    expect([...history.executions.values()].map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  it.each([
    ['by its own definition', healingStack],
    ['by the definition of before', formerHealingStack],
  ])('tells people where it cannot, %s', async (_, stack) => {
    const refused = async () => {
      throw new Defect('AccessDenied', undefined);
    };
    let isAdded = false;
    const history = await overloaded(stack, {
      breakPorts: ({ groups, ...ports }) => ({
        ...ports,
        groups: {
          ...groups,
          setDesiredCapacity: (name, capacity) => {
            if (isAdded) return refused();
            isAdded = true;
            return groups.setDesiredCapacity(name, capacity);
          },
        },
      }),
    });
    expect(history.lines.at(-1)).toMatchObject({ kind: 'not-given-back', reason: 'failed' });
    expect(history.notices.at(-1)?.notice.title).toContain('NOT GIVEN BACK');
  });
});
