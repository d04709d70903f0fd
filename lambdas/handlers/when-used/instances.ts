import type { Instances } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const instances = () =>
  loadedWhenUsed<Instances>(
    { describe: true, tagged: true, statusChecks: true, statusCheck: true, impaired: true, reboot: true, hosting: true },
    async () => (await import('../../adapters/ec2/instances.ts')).instances(),
  );
