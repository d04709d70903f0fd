import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ManagedInstance } from '../../core/doctor/readings.ts';
import { reading } from '../aws-call.ts';

/** Systems Manager answers at most as many in one page. */
const IDS_A_CALL = 50;

/** The instances that Systems Manager knows, of those with these ids. */
export async function managedInstances(ids: readonly string[], client = new SSMClient({})): Promise<readonly ManagedInstance[]> {
  const found: ManagedInstance[] = [];
  for (let from = 0; from < ids.length; from += IDS_A_CALL) {
    const Filters = [{ Key: 'InstanceIds', Values: ids.slice(from, from + IDS_A_CALL) }];
    let NextToken: string | undefined;
    do {
      const command = new DescribeInstanceInformationCommand({ Filters, MaxResults: IDS_A_CALL, NextToken });
      const page = await reading('ask for the Systems Manager agents', () => client.send(command));
      for (const { InstanceId = '', PingStatus, AgentVersion = '', PlatformType = '' } of page.InstanceInformationList ?? [])
        found.push({ id: InstanceId, online: PingStatus === 'Online', agentVersion: AgentVersion, platform: PlatformType });
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return found;
}
