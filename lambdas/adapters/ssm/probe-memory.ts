import { createHash } from 'node:crypto';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type ProbeMemory, parseMemory, wasWell, withWell } from '../../core/probe-memory.ts';
import { reading } from '../aws-call.ts';

/** Remembers beyond the life of a function's process what was ever well. */
export interface WellMemory {
  wasWell(name: string): Promise<boolean>;
  /** Remembers that it is well. */
  remember(name: string, at: Date): Promise<void>;
}

/** Time for one call of Systems Manager, so that a network without a way there leaves the probe the time to say what it found. */
const CALL_LIMIT_MILLISECONDS = 5_000;

/**
 * A memory in one parameter of Systems Manager. What was well stays so for the life of the process, so that a probe which is well asks
 * nobody; another configuration is another memory.
 */
export function wellMemory(parameter: string, configuration: string, client = new SSMClient({ maxAttempts: 2 })): WellMemory {
  const fingerprint = createHash('sha256').update(configuration).digest('hex');
  const known = new Set<string>();
  const read = async (): Promise<ProbeMemory> => {
    const abortSignal = AbortSignal.timeout(CALL_LIMIT_MILLISECONDS);
    const { Parameter } = await reading('read what the probe remembers', () =>
      client.send(new GetParameterCommand({ Name: parameter }), { abortSignal }),
    );
    return parseMemory(Parameter?.Value);
  };
  return {
    async wasWell(name) {
      if (!known.has(name) && wasWell(await read(), name, fingerprint)) known.add(name);
      return known.has(name);
    },
    async remember(name, at) {
      if (known.has(name)) return;
      const memory = await read();
      if (!wasWell(memory, name, fingerprint)) {
        const Value = JSON.stringify(withWell(memory, name, fingerprint, at.toISOString()));
        const abortSignal = AbortSignal.timeout(CALL_LIMIT_MILLISECONDS);
        await reading('write what the probe remembers', () =>
          client.send(new PutParameterCommand({ Name: parameter, Value, Overwrite: true }), { abortSignal }),
        );
      }
      known.add(name);
    },
  };
}
