import type { Databases } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const databases = () =>
  loadedWhenUsed<Databases>({ describe: true, events: true, reboot: true, freeStorage: true, growStorage: true }, async () =>
    (await import('../../adapters/rds/databases.ts')).databases(),
  );
