import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ProbeEvidence } from '../../lambdas/core/policy.ts';
import { connectionOf, type DatabaseAccess, portOf } from '../database-access.ts';
import { shortened } from '../shortened.ts';
import { connectionsByName } from './connections-by-name.ts';
import { DatabaseNetwork } from './database-network.ts';
import { reachDatabase } from './database-reach.ts';
import { ScheduledProbe } from './scheduled-probe.ts';

export interface DatabaseProbeProps {
  /** Physical name of the function. */
  readonly functionName: string;
  /** The database's identifier, of a cluster behind `cluster:`: the value of the metrics' dimension `Database`. */
  readonly database: string;
  readonly access: DatabaseAccess;
}

/**
 * Asks a database every minute whether it is there, as a client does: name, TCP, TLS, login, one question. Once that was well it
 * publishes `Reachable` (1 or 0), `Fault` and, when it is well, `Latency` in milliseconds; before, only `NotSetUp`.
 */
export class DatabaseProbe extends Construct {
  /** 1 when the question was answered, else 0; nothing before it was ever answered. */
  readonly reachable: Metric;
  /** Milliseconds from the name to the answer. */
  readonly latency: Metric;
  /** What tells a fault of the database from one of the probe, without signs of life of the database itself. */
  readonly evidence: ProbeEvidence;
  readonly #probe: ScheduledProbe;

  constructor(scope: Construct, id: string, { functionName, database, access }: DatabaseProbeProps) {
    super(scope, id);
    const network = new DatabaseNetwork(this, access);
    const { options } = network;
    const { host, login } = access;
    const way = {
      to: `${host}:${portOf(access)}`,
      from: options.securityGroups.map(({ securityGroupId }) => `security group ${securityGroupId}`).join(', '),
      login: login.secret ? `secret ${login.secret.secretName}` : `IAM user ${login.iamUser}`,
    };
    this.#probe = new ScheduledProbe(this, {
      functionName,
      description: shortened(`Asks database ${database} whether it is there`, 256),
      handler: 'probe-database',
      environment: { DATABASE_CONNECTIONS: connectionsByName(this, new Map([[database, connectionOf(access, database)]])) },
      network: options,
      dimensionsMap: { Database: database },
      subject: `database ${database}`,
      way,
      faults: ['secret', 'name', 'path', 'refused', 'tls', 'login', 'full', 'starting', 'silent', 'error'],
    });
    reachDatabase(this.#probe.healing, network, access);
    this.evidence = { kind: 'probe', metric: 'Reachable', dimension: 'Database', name: database, way };
    this.reachable = this.#probe.metric('Reachable', Stats.MAXIMUM);
    this.latency = this.#probe.metric('Latency', Stats.MAXIMUM);
  }

  /** Has people told when the probe itself is not set up, fails or is silent. */
  tell(topic: ITopic): void {
    this.#probe.tell(topic);
  }
}
