import { execFile } from 'node:child_process';
import type { TestStage } from './open-stage.ts';

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The operators' command, as a person types it, against the local AWS; whatever it answers. */
export function heal({ stage }: TestStage, ...words: readonly string[]): Promise<CommandAnswer> {
  const environment = { AWS_ENDPOINT_URL: stage.gateway.endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const env = { ...process.env, ...environment, AWS_REGION: 'us-east-1' };
  return new Promise((resolve) =>
    execFile(process.execPath, ['bin/heal.ts', ...words], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    ),
  );
}
