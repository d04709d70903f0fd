import type { Runbooks } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const runbooks = () =>
  loadedWhenUsed<Runbooks>({ isRunnable: true, start: true, execution: true }, async () =>
    (await import('../../adapters/ssm/runbooks.ts')).runbooks(),
  );
