import type { AutoScalingGroups } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const groups = () =>
  loadedWhenUsed<AutoScalingGroups>(
    {
      describe: true,
      setDesiredCapacity: true,
      setMinimum: true,
      isRefreshing: true,
      lastRefresh: true,
      activities: true,
      markUnhealthy: true,
    },
    async () => (await import('../../adapters/auto-scaling.ts')).autoScalingGroups(),
  );
