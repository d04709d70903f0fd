import { Logger } from '@aws-lambda-powertools/logger';
import { instances } from '../adapters/ec2/instances.ts';
import { failedCheckEvents } from '../adapters/eventbridge.ts';
import type { WatchedCheck } from '../core/status-check.ts';
import { readStatusChecks, type StatusCheckPorts, type StatusCheckReport } from '../steps/read-status-checks.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const watched = JSON.parse(environment('STATUS_CHECKS')) as readonly WatchedCheck[];
const ports: StatusCheckPorts = { instances: instances(), events: failedCheckEvents(environment('PIPELINE')) };

/** Runs every minute. */
export async function handler(): Promise<StatusCheckReport> {
  const report = await readStatusChecks(watched, ports, Date.now());
  if (report.impaired > 0) logger.info('read the status checks', { report });
  return report;
}
