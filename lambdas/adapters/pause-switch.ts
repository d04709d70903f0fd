import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { parsePause } from '../core/pause.ts';
import type { PauseSwitch } from '../core/ports.ts';
import { reading } from './aws-error.ts';

/** The pause switch in Parameter Store. */
export function pauseSwitch(parameterName: string, provider = new SSMProvider()): PauseSwitch {
  return {
    read: async () => parsePause(await reading('read the pause switch', () => provider.get(parameterName, { forceFetch: true }))),
  };
}
