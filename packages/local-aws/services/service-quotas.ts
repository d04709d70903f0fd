import { AwsError, type Service } from '../gateway/service.ts';

/** Quotas by service and code, as `events/L-244521F2`. Whoever plays sets them. */
export function createServiceQuotas(quotas: ReadonlyMap<string, number>): Service {
  return {
    service: 'servicequotas',
    note: 'Quotas are what is said here, and nothing is refused beyond them; on AWS each service has many, and keeps to them.',
    actions: {
      GetServiceQuota: async ({ ServiceCode, QuotaCode }) => {
        const Value = quotas.get(`${ServiceCode}/${QuotaCode}`);
        if (Value === undefined) throw new AwsError('NoSuchResourceException', `The quota ${ServiceCode}/${QuotaCode} is not known here.`);
        return { Quota: { ServiceCode, QuotaCode, Value, Adjustable: true } };
      },
    },
  };
}
