import type { Commands } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const commands = () =>
  loadedWhenUsed<Commands>({ agent: true, send: true, look: true, find: true, result: true }, async () =>
    (await import('../../adapters/ssm/commands.ts')).commands(),
  );
