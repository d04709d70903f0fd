import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DeployedFunction, SynthesizedStack } from './synthesized-stack.ts';

/** Far more than a stack has. */
const MOST_BYTES = 64 * 1_024 * 1_024;

let stack: Promise<SynthesizedStack> | undefined;

/** The synthesized stack, made once by a process of its own: what the CDK loads for it, half a gigabyte, is gone with that process. */
export function stackApart(): Promise<SynthesizedStack> {
  stack ??= printed();
  return stack;
}

async function printed(): Promise<SynthesizedStack> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'print-stack.ts')], { maxBuffer: MOST_BYTES });
  const { functions, ...others } = JSON.parse(stdout) as Omit<SynthesizedStack, 'functions'> & {
    readonly functions: readonly (readonly [string, DeployedFunction])[];
  };
  return { ...others, functions: new Map(functions) };
}
