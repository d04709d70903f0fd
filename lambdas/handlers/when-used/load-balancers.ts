import type { LoadBalancers } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const loadBalancers = () =>
  loadedWhenUsed<LoadBalancers>({ targetHealth: true, findings: true }, async () =>
    (await import('../../adapters/elastic-load-balancing.ts')).loadBalancers(),
  );
