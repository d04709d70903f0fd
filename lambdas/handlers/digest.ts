import { historyLog, pastHistory } from '../adapters/cloudwatch-logs.ts';
import { type DigestPorts, tellDigest } from '../steps/tell-digest.ts';
import { environment } from './environment.ts';
import { notices } from './notices.ts';

const ports: DigestPorts = {
  past: pastHistory(environment('HISTORY_LOG_GROUP')),
  notifier: notices(historyLog(environment('HISTORY_LOG_GROUP'), 'digest')),
};

/** Runs once a week. */
export const handler = (): Promise<void> => tellDigest(ports, Date.now());
