import { Logger } from '@aws-lambda-powertools/logger';
import { publishHttpProbe } from '../adapters/cloudwatch/metrics.ts';
import { wellMemory } from '../adapters/ssm/probe-memory.ts';
import { httpProbeSchema, judgeHttp } from '../core/http-probe.ts';
import { requestUrl } from '../probes/http.ts';
import { reportRun } from '../probes/report.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const request = httpProbeSchema.parse(JSON.parse(environment('HTTP_PROBE')));
const memory = wellMemory(environment('PROBE_MEMORY'), environment('HTTP_PROBE') + environment('PROBE_NETWORK'));

/** Requests the URL and publishes what came back. */
export async function handler(): Promise<void> {
  const verdict = judgeHttp(request, await requestUrl(request));
  logger.info('probed', { name: request.name, verdict });
  await reportRun(request.name, { ...verdict, latencyMilliseconds: verdict.milliseconds }, memory, publishHttpProbe, new Date());
}
