import type { DatabaseClusters } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const clusters = () =>
  loadedWhenUsed<DatabaseClusters>({ describe: true, events: true, reboot: true, failOver: true }, async () =>
    (await import('../../adapters/rds/clusters.ts')).databaseClusters(),
  );
