import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { type Instant, milliseconds } from '../../core/duration.ts';
import {
  agrees,
  canonical,
  type PolicyRecord,
  type PolicyStanding,
  policyRecordName,
  policyRecordSchema,
  spreadRecordName,
} from '../../core/policy-record.ts';
import type { DeployedPolicies } from '../../core/ports.ts';
import { burstClient, reading } from '../aws-call.ts';
import { digestOf } from './policy-records.ts';

/** How long a policy that agreed with its record is taken without reading the record anew. */
const TRUSTED = milliseconds({ minutes: 10 });

/** How long one that did not agree is refused unread. Prevents that whoever sends many uses up the reads of all functions. */
const REFUSED = milliseconds({ seconds: 15 });

/** Of names that anybody can make up no more are remembered. */
const MOST_REMEMBERED = 1_000;

interface Remembered {
  readonly text: string;
  readonly standing: PolicyStanding;
  readonly until: Instant;
}

/**
 * The records of the pipeline's policies in Parameter Store, each read once in a while by each function instance. With `spread` some
 * policies stand in nested stacks; one that moves stands in two for a moment, and may be the one or the other.
 */
export function deployedPolicies(pipeline: string, client = new SSMClient(burstClient), spread = false): DeployedPolicies {
  const names = spread ? [spreadRecordName, policyRecordName] : [policyRecordName];
  const remembered = new Map<string, Remembered>();
  return {
    async check(name, policy, now) {
      const text = canonical(policy);
      if (text === undefined) return { kind: 'unknown' };
      const known = remembered.get(name);
      if (known && known.text === text && now < known.until) return known.standing;
      let standing: PolicyStanding = { kind: 'unknown' };
      for (const nameOf of names) {
        const found = await read(client, nameOf(pipeline, name), policy);
        if (found.kind !== 'unknown') standing = found;
        if (found.kind === 'deployed') break;
      }
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(name, { text, standing, until: now + (standing.kind === 'deployed' ? TRUSTED : REFUSED) });
      return standing;
    },
  };
}

async function read(client: SSMClient, Name: string, policy: unknown): Promise<PolicyStanding> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    if (agrees(policy, recordIn(Parameter?.Value), digestOf)) return { kind: 'deployed', record: digestOf(Parameter?.Value) };
    return { kind: 'changed', recordedAt: Parameter?.LastModifiedDate?.getTime() ?? 0 };
  } catch (error) {
    if (error instanceof ParameterNotFound) return { kind: 'unknown' };
    return reading('read the record of the policy', () => Promise.reject(error));
  }
}

function recordIn(value: string | undefined): PolicyRecord {
  return policyRecordSchema.parse(JSON.parse(value ?? ''));
}
