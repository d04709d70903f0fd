import { alarms } from '../../../lambdas/adapters/cloudwatch/alarms.ts';
import { describedAlarms } from '../../../lambdas/adapters/cloudwatch/described-alarms.ts';
import { deployedRules } from '../../../lambdas/adapters/deployed-rules.ts';
import type { DoctorClients } from '../../../lambdas/adapters/doctor-clients.ts';
import { appliedQuota } from '../../../lambdas/adapters/service-quotas.ts';
import { awsCommandHere, type CommandPlace } from '../../../lambdas/core/commands-here.ts';
import { METRICS_INSIGHTS_ALARMS, quotaCodes } from '../../../lambdas/core/doctor/quota-codes.ts';
import type { Quota } from '../../../lambdas/core/doctor/readings.ts';
import { milliseconds } from '../../../lambdas/core/duration.ts';

const DAY = milliseconds({ days: 1 });

/** What the account has of what the pipeline needs, and may have. Where AWS does not say the limit, what it gives by default. */
export async function readQuotas(aws: DoctorClients, place: CommandPlace, now: number): Promise<readonly Quota[]> {
  const [rules, queries, concurrency] = await Promise.all([
    deployedRules(aws.events).count(),
    describedAlarms(aws.cloudwatch).countQueries(),
    alarms(aws.cloudwatch).values([{ namespace: 'AWS/Lambda', metric: 'ConcurrentExecutions', dimensions: {} }], now - DAY, now),
  ]);
  const busiest = Math.max(0, ...(concurrency[0] ?? []).map(({ value }) => value));
  return [
    await adjustable(aws, place, 'rules of the default event bus', rules, quotaCodes.rules),
    { name: 'alarms with a Metrics Insights query', used: queries, allowed: METRICS_INSIGHTS_ALARMS, known: true },
    await adjustable(aws, place, 'concurrent functions, busiest minute of a day', busiest, quotaCodes.concurrency),
  ];
}

async function adjustable(
  aws: DoctorClients,
  place: CommandPlace,
  name: string,
  used: number,
  { service, code, usual }: (typeof quotaCodes)[keyof typeof quotaCodes],
): Promise<Quota> {
  const applied = await appliedQuota(service, code, aws.quotas).catch(() => undefined);
  const more = awsCommandHere(
    place,
    `service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value …`,
  );
  return { name, used, allowed: applied ?? usual, known: applied !== undefined, more };
}
