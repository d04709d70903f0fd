import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type LineSink, runProgram } from './run-program.ts';

export interface SynthesisOptions {
  /** Folder of the app: the one with its `cdk.json`. */
  readonly project: string;
  /** Wins over the context of `cdk.json`. @default - none */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the assembly goes. */
  readonly out: string;
  readonly say: LineSink;
  readonly signal?: AbortSignal;
}

/** Synthesizes an app without credentials, as `cdk synth` does but without the second that the CDK CLI takes. */
export async function synthesize({ project, context, out, say, signal }: SynthesisOptions): Promise<void> {
  const settings = JSON.parse(await readFile(join(project, 'cdk.json'), 'utf8')) as { app: string; context?: object };
  const given = { ...settings.context, ...context };
  const environment = { CDK_OUTDIR: resolve(out), CDK_CONTEXT_JSON: JSON.stringify(given) };
  await runProgram('sh', ['-c', settings.app], { say, environment, folder: project, ...(signal && { signal }) });
}
