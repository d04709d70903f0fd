import { createHash } from 'node:crypto';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { policyRecordName, spreadRecordName } from '../../core/policy-record.ts';
import type { PolicyRecords } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** Of a record it tells it from every other one, whatever its policy is called and however often it was deployed. */
export function digestOf(text = ''): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The records in Parameter Store as they are now. A policy stands in the pipeline's own stack or in a nested one; both are read at once. */
export function policyRecords(pipeline: string, client = new SSMClient({})): PolicyRecords {
  return {
    async current(policy) {
      const Names = [policyRecordName(pipeline, policy), spreadRecordName(pipeline, policy)];
      const { Parameters = [] } = await reading('read the record of the policy', () => client.send(new GetParametersCommand({ Names })));
      return Parameters.map(({ Value }) => digestOf(Value));
    },
  };
}
