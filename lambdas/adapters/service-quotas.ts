import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { reading } from './aws-call.ts';

/** How much of something this account may have in this Region. */
export async function appliedQuota(
  ServiceCode: string,
  QuotaCode: string,
  client = new ServiceQuotasClient({}),
): Promise<number | undefined> {
  const answer = await reading('read the quota', () => client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode })));
  return answer.Quota?.Value;
}
