import type { Volumes } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const volumes = () =>
  loadedWhenUsed<Volumes>({ devices: true, describe: true, lastModification: true, grow: true }, async () =>
    (await import('../../adapters/ec2/volumes.ts')).volumes(),
  );
