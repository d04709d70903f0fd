import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { PROBE_NAMESPACE } from '../../lambdas/core/probe.ts';
import { connectionOf, type DatabaseAccess } from '../database-access.ts';
import { besideDatabase, reachDatabase } from './database-reach.ts';
import { scheduledFunction } from './scheduled-function.ts';

export interface DatabaseProbeProps {
  /** Physical name of the function. */
  readonly functionName: string;
  /** The database's identifier, of a cluster behind `cluster:`: the value of the metrics' dimension `Database`. */
  readonly database: string;
  readonly access: DatabaseAccess;
}

/**
 * Asks a database every minute whether it is there, as a client does: name, TCP, TLS, login, one question. Publishes
 * `Reachable` (1 or 0) and, when it is, `Latency` in milliseconds; the log says which step failed and why.
 */
export class DatabaseProbe extends Construct {
  /** 1 when the question was answered, else 0. */
  readonly reachable: Metric;
  /** Milliseconds from the name to the answer. */
  readonly latency: Metric;

  constructor(scope: Construct, id: string, { functionName, database, access }: DatabaseProbeProps) {
    super(scope, id);
    const probe = scheduledFunction(this, 'Function', {
      functionName,
      description: `Asks database ${database} whether it is there`.slice(0, 256),
      handler: 'probe-database',
      environment: { DATABASE_CONNECTIONS: Stack.of(this).toJsonString({ [database]: connectionOf(access, database) }) },
      network: besideDatabase(access),
    });
    reachDatabase(probe, access);
    const metric = (metricName: string, statistic: string) =>
      new Metric({ namespace: PROBE_NAMESPACE, metricName, dimensionsMap: { Database: database }, statistic, period: Duration.minutes(1) });
    this.reachable = metric('Reachable', 'Maximum');
    this.latency = metric('Latency', 'Maximum');
  }
}
