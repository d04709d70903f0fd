import { GetParameterError } from '@aws-lambda-powertools/parameters/errors';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { parsePause } from '../../core/pause.ts';
import type { PauseSwitch } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** The pause switch in Parameter Store. */
export function pauseSwitch(parameterName: string, provider = new SSMProvider()): PauseSwitch {
  return {
    read: async () => parsePause(await reading('read the pause switch', () => parameterValue(parameterName, provider))),
  };
}

/** A missing parameter is a missing value. Powertools puts AWS's own error, by which the failure is told, inside of another. */
async function parameterValue(parameterName: string, provider: SSMProvider): Promise<string | undefined> {
  try {
    return await provider.get(parameterName, { forceFetch: true });
  } catch (error) {
    const answer = error instanceof GetParameterError ? error.cause : error;
    if (answer instanceof ParameterNotFound) return undefined;
    throw answer;
  }
}
