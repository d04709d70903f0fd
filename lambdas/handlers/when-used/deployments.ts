import type { Deployments } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const deployments = () =>
  loadedWhenUsed<Deployments>({ underWay: true, last: true }, async () => (await import('../../adapters/code-deploy.ts')).deployments());
