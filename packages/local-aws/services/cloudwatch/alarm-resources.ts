import { createHash } from 'node:crypto';
import {
  AwsError,
  type Parameters,
  type ResourceIdentity,
  type SuppliedResource,
  type SuppliedResourceState,
  type Upstream,
} from '../../gateway/service.ts';
import type { AlarmRecord } from './alarm-record.ts';
import { type AlarmWriters, putCompositeAlarm, putMetricAlarm } from './alarm-writes.ts';

/** `AWS::CloudWatch::Alarm` and `CompositeAlarm`: the template's properties are the API's parameters. */
export function alarmResources(writers: AlarmWriters): Record<string, SuppliedResource> {
  return {
    'AWS::CloudWatch::Alarm': alarmResource(writers, async (properties) => putMetricAlarm(writers, properties)),
    'AWS::CloudWatch::CompositeAlarm': alarmResource(writers, (properties, upstream) => putCompositeAlarm(writers, properties, upstream)),
  };
}

function alarmResource(
  { book }: AlarmWriters,
  put: (properties: Parameters, upstream: Upstream) => Promise<AlarmRecord>,
): SuppliedResource {
  const write = async (properties: Parameters, identity: ResourceIdentity, upstream: Upstream): Promise<SuppliedResourceState> => {
    const record = await put({ ...properties, AlarmName: properties.AlarmName ?? generatedName(identity) }, upstream);
    return { physicalId: record.input.AlarmName, attributes: { Arn: record.arn } };
  };
  const refuseTaken = ({ AlarmName }: Parameters) => {
    if (typeof AlarmName === 'string' && book.find(AlarmName)) throw new AwsError('AlreadyExists', `${AlarmName} already exists.`);
  };
  return {
    async create(properties, identity, upstream) {
      refuseTaken(properties);
      return write(properties, identity, upstream);
    },
    async update(physicalId, properties, identity, upstream) {
      if (properties.AlarmName !== undefined && properties.AlarmName !== physicalId) refuseTaken(properties);
      return write(properties, identity, upstream);
    },
    async delete(physicalId) {
      book.delete(physicalId);
    },
  };
}

/** CloudFormation appends random characters; these are derived, so that an update finds the same alarm again. */
function generatedName({ stackName, logicalId }: ResourceIdentity): string {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 12).toUpperCase();
  return `${stackName}-${logicalId}-${suffix}`;
}
