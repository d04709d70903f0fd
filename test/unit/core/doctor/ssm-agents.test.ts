import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { ManagedInstance, Member, Readings } from '../../../../lambdas/core/doctor/readings.ts';
import { isOlder, LEAST_SSM_AGENT, ssmAgents } from '../../../../lambdas/core/doctor/ssm-agents.ts';
import { foundBy, healthy, INSTANCE } from '../../../support/healthy-account.ts';

const [fleet] = healthy.fleets as [Readings['fleets'][number]];
const [agent] = healthy.managed as [ManagedInstance];
const LOST = 'its Systems Manager agent does not answer';
const UNKNOWN = 'Systems Manager does not know it';
const mend =
  'see whether amazon-ssm-agent runs there, whether it has its role (check roles), and whether it reaches ssm, ssmmessages and ec2messages';

const well = (count: number) => ({ state: 'ok', about: 'Systems Manager agents', says: `all ${count} answer and are new enough` });
const unreached = (says: string) => ({ state: 'wrong', about: INSTANCE, says: `${says}, so that no remedy can run a script there`, mend });
const tooOld = (about: string, ids: string) => ({
  ...{ state: 'wrong', about, says: `the Systems Manager agent is older than ${LEAST_SSM_AGENT}, and every script would refuse there` },
  mend: `aws ssm send-command --document-name AWS-UpdateSSMAgent --instance-ids ${ids}`,
});
const judged = (member: Partial<Member>, managed: readonly ManagedInstance[]) =>
  foundBy(ssmAgents, { fleets: [{ ...fleet, members: [{ id: INSTANCE, running: true, ...member }] }], managed });

describe('the agents of Systems Manager', () => {
  it('are well where each that runs answers, whatever of those that do not', () => {
    expect(foundBy(ssmAgents)).toEqual([well(1)]);
    expect(foundBy(ssmAgents, { fleets: [fleet, fleet] })).toEqual([well(1)]);
    expect(judged({ running: false }, [])).toEqual([well(0)]);
  });

  it.each<[string, Partial<Member>, readonly ManagedInstance[], object]>([
    ['does not answer', {}, [{ ...agent, online: false }], unreached(LOST)],
    ['is not known', {}, [], unreached(UNKNOWN)],
    ['is not known and long there', { launchedAt: NOW - HOUR }, [], unreached(UNKNOWN)],
    ['had as long as it may take', { launchedAt: NOW - 10 * MINUTE }, [], unreached(UNKNOWN)],
    [
      'had less than it may take',
      { launchedAt: NOW - 9 * MINUTE },
      [],
      { state: 'warning', about: INSTANCE, says: `${UNKNOWN}; it was started 9 min ago`, mend },
    ],
    ['is too old', {}, [{ ...agent, agentVersion: '3.3.1345.0' }], tooOld(INSTANCE, INSTANCE)],
  ])('of which one %s are judged', (_, member, managed, finding) => {
    expect(judged(member, managed)).toEqual([finding]);
  });

  it('that are too old are told together after those that do not answer, and as many are updated as one command takes', () => {
    const ids = Array.from({ length: 51 }, (_, number) => `i-${number}`);
    const members = [...ids, INSTANCE].map((id) => ({ id, running: true }));
    const managed = ids.map((id) => ({ ...agent, id, agentVersion: '3.2.0.0' }));
    expect(foundBy(ssmAgents, { fleets: [{ ...fleet, members }], managed })).toEqual([
      unreached(UNKNOWN),
      tooOld('i-0, i-1, i-2, i-3, i-4 and 46 more', ids.slice(0, 50).join(' ')),
    ]);
  });
});

describe('versions of the agent', () => {
  it.each([
    ['3.3.2746.0', false],
    ['3.3.2745.9', true],
    ['3.3.10000.0', false],
    ['2.9.9999.0', true],
    ['4.0.0.0', false],
    ['3.3.2746', false],
    ['', true],
  ])('%s is older than the least one: %s', (version, older) => {
    expect(isOlder(version, '3.3.2746.0')).toBe(older);
  });
});
