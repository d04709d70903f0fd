import { execFile } from 'node:child_process';
import { type Place, USUAL_PLACE } from '@self-healing/local-aws/gateway/place.ts';
import type { TestStage } from './open-stage.ts';

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The operators' command, as a person types it, against the local AWS; whatever it answers. */
export const heal = ({ stage }: TestStage, ...words: readonly string[]): Promise<CommandAnswer> =>
  healAt(stage.gateway.endpoint, USUAL_PLACE, ...words);

/** The same in an account and Region of the local AWS. */
export function healAt(endpoint: string, { account, region }: Place, ...words: readonly string[]): Promise<CommandAnswer> {
  const environment = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'test' };
  const env = { ...process.env, ...environment, AWS_REGION: region };
  return new Promise((resolve) =>
    execFile(process.execPath, ['bin/heal.ts', ...words], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    ),
  );
}
