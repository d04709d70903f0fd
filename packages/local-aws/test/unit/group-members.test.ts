import { describe, expect, it } from 'vitest';
import { GroupMembers } from '../../services/auto-scaling/group-members.ts';

/** Machines that start when the test says so. */
function heldMachines() {
  const launches = new Map<string, PromiseWithResolvers<void>>();
  const terminated: string[] = [];
  let count = 0;
  const members = new GroupMembers(
    {
      launch: (_, instanceId) => {
        const held = Promise.withResolvers<void>();
        launches.set(instanceId, held);
        return held.promise;
      },
      terminate: async (instanceId) => void terminated.push(instanceId),
    },
    () => `i-${++count}`,
  );
  return { members, launches, terminated };
}

describe('GroupMembers', () => {
  it('shows a member as pending until its machine serves', async () => {
    const { members, launches } = heldMachines();
    const resized = members.resize('web', 1, 'test');
    expect(members.describe('web')).toMatchObject([{ InstanceId: 'i-1', LifecycleState: 'Pending' }]);
    launches.get('i-1')?.resolve();
    await resized;
    expect(members.describe('web')).toMatchObject([{ InstanceId: 'i-1', LifecycleState: 'InService' }]);
    expect(members.activities('web')).toMatchObject([{ StatusCode: 'Successful', Cause: 'test' }]);
  });

  it('counts members that are still starting when it is asked again', () => {
    const { members, launches } = heldMachines();
    void members.resize('web', 2, 'first');
    void members.resize('web', 2, 'second');
    expect([...launches.keys()]).toEqual(['i-1', 'i-2']);
  });

  it('drops a member whose launch failed and says why', async () => {
    const { members, launches } = heldMachines();
    const resized = members.resize('web', 1, 'test');
    launches.get('i-1')?.reject(new Error('no capacity'));
    await expect(resized).rejects.toThrow('no capacity');
    expect(members.describe('web')).toEqual([]);
    expect(members.activities('web')).toMatchObject([{ StatusCode: 'Failed', StatusMessage: 'Error: no capacity' }]);
  });

  it('ends the oldest member of this group only when capacity shrinks', async () => {
    const { members, launches, terminated } = heldMachines();
    const grown = [members.resize('other', 1, 'test'), members.resize('web', 2, 'test')];
    for (const launch of launches.values()) launch.resolve();
    await Promise.all(grown);
    await members.resize('web', 1, 'test');
    expect(terminated).toEqual(['i-2']);
    expect(members.inService('web')).toEqual(['i-3']);
    expect(members.inService('other')).toEqual(['i-1']);
  });

  it('replaces an unhealthy member once, at the same capacity', async () => {
    const { members, launches, terminated } = heldMachines();
    const grown = members.resize('web', 2, 'test');
    for (const launch of launches.values()) launch.resolve();
    await grown;
    const replaced = [members.replace('i-1', 2, 'unhealthy'), members.replace('i-1', 2, 'unhealthy')];
    expect(members.describe('web')).toMatchObject([
      { InstanceId: 'i-1', LifecycleState: 'Terminating', HealthStatus: 'Unhealthy' },
      { InstanceId: 'i-2', LifecycleState: 'InService', HealthStatus: 'Healthy' },
      { InstanceId: 'i-3', LifecycleState: 'Pending' },
    ]);
    launches.get('i-3')?.resolve();
    await Promise.all(replaced);
    expect(terminated).toEqual(['i-1']);
    expect(members.inService('web')).toEqual(['i-2', 'i-3']);
  });
});
