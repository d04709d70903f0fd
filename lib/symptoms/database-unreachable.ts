import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import { connectionName } from '../../lambdas/core/database-connection.ts';
import type { ProbeEvidence } from '../../lambdas/core/policy.ts';
import { DatabaseProbe } from '../constructs/database-probe.ts';
import type { Database } from '../database.ts';
import { proofFrom } from '../proof-of-life.ts';
import { Remedy } from '../remedy.ts';
import { dimensionsOf } from './database-metric.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

/**
 * There is no number to set: a database answers or does not. Watching it deploys a probe into the database's network.
 */
export type DatabaseUnreachableProps = SymptomProps;

/**
 * A client cannot log in to the database and ask it something.
 *
 * Reads: `Reachable` of a probe that asks `SELECT 1`.
 * Threshold: below 1, by a fault of the database and not of the probe; 0 or 1.
 * Needs: access to the database: network, host and login. It deploys a probe beside it.
 * Permissions: of the probe: `secretsmanager:GetSecretValue` on the one secret, or `rds-db:connect` as the one user;
 * `ssm:GetParameter` and `ssm:PutParameter` on its one parameter.
 * Proved by: `scenarios/database-unreachable`, `scenarios/database-shut-out`, `scenarios/database-never-let-in`,
 * `contract/database-probe`, `infrastructure/database-probe`.
 */
export const databaseUnreachable: Symptom<Database, DatabaseUnreachableProps> = {
  name: 'unreachable',
  schema: z.strictObject({}),
  // Longer than a failover or a minor upgrade usually takes: RDS repairs those by itself.
  sustainedFor: Duration.minutes(3),
  target: 'database',
  seen: () => 'the database does not answer a client',
  refuses: ({ access }) =>
    access
      ? undefined
      : 'the database needs its access, { engine, host, login, vpc }, as the last argument of Database.instance or Database.cluster',
  // Whether a reboot or a failover is worth its outage is for the ladder's writer to choose.
  ladder: () => [Remedy.waitAndSee()],
  watch(database, { scope, alarmName, minutes }) {
    const { access } = database;
    if (!access) throw new TypeError('the database has no access');
    const name = connectionName(database.toTarget());
    const probe = new DatabaseProbe(scope, 'Probe', { functionName: alarmName('probe'), database: name, access });
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric: probe.reachable,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      // A probe that was never well, or cannot report, has alarms of its own: its silence says nothing of the database.
      treatMissingData: TreatMissingData.MISSING,
    });
    const life = lifeOf(database);
    const evidence = { ...probe.evidence, ...(life && { life }) };
    return [
      { alarm, evidence, tells: [probe], targets: { kind: 'fixed', target: database.toTarget() }, proof: proofFrom(probe.reachable) },
    ];
  },
};

/** RDS publishes its metrics every minute, some two minutes late. */
const RDS_LATE_BY = { minutes: 5 };

/** What RDS itself counts at the database, by a way that is not the probe's. Of Multi-AZ DB clusters it counts nothing by the cluster. */
function lifeOf(database: Database): ProbeEvidence['life'] {
  if (database.cluster === 'multi-az') return undefined;
  return {
    kind: 'connections',
    namespace: 'AWS/RDS',
    metric: 'DatabaseConnections',
    dimensions: dimensionsOf(database),
    lateBy: RDS_LATE_BY,
  };
}
