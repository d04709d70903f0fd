import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, type Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type ISecurityGroup, type IVpc, Port, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { httpProbeSchema } from '../../lambdas/core/http-probe.ts';
import type { ProbeEvidence } from '../../lambdas/core/policy.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { groupDescription } from '../description.ts';
import { knownOf, type NamesOf } from '../known-names.ts';
import { refuseNamesTakenTwice } from '../names-taken-twice.ts';
import { checked, PolicyError, refuseLateNumbers } from '../policy-error.ts';
import { shortened } from '../shortened.ts';
import { hasLogin, withoutQuery } from '../url-texts.ts';
import { nameLogicalIds } from './logical-ids.ts';
import { outwardGroup } from './outward-group.ts';
import { ScheduledProbe } from './scheduled-probe.ts';

interface RequestProps {
  /**
   * What is requested every minute, by GET; a page that costs little and tells whether the service can do its work. Without a name and
   * password. Its query is not shown in messages, but whoever may read the function or the template can read it.
   */
  readonly url: string;
  /**
   * Status of a healthy answer. A redirect is not followed. Prevents taking an error page for an answer.
   * @default - 200
   */
  readonly expectedStatus?: number;
  /**
   * An answer that takes longer counts as none. Up to 50 seconds. Prevents taking a service for healthy that nobody waits for.
   * @default - 5 seconds
   */
  readonly timeout?: Duration;
  /**
   * Name of the probe: of its function and in the metrics' dimension `Probe`. At most 64 characters.
   * @default - made from the construct's path
   */
  readonly name?: string;
  /** PEM of the authority that signed the server's certificate. @default - those that Node.js knows */
  readonly authority?: string;
}

/** Without a VPC the URL is requested from the internet, where subnets and security groups would mean nothing. */
interface FromInternet {
  readonly vpc?: never;
  readonly subnets?: never;
  readonly securityGroups?: never;
}

interface FromNetwork {
  /** The network from which the URL is requested, for what is not reachable from outside. Left out: the internet. */
  readonly vpc: IVpc;
  /** @default - the private subnets of the VPC */
  readonly subnets?: SubnetSelection;
  /**
   * Security groups of the probe within the VPC, such as one that the server lets in already.
   * @default - one of its own, whose id is in the stack's outputs
   */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export type HttpProbeProps = RequestProps & (FromInternet | FromNetwork);

const probeNames: NamesOf<RequestProps & FromNetwork> = {
  url: true,
  expectedStatus: true,
  timeout: true,
  name: true,
  authority: true,
  vpc: true,
  subnets: true,
  securityGroups: true,
};

/** Three misses in a row: one lost request is no outage. */
const MISSES = 3;

/** EC2 publishes status checks every minute, a minute or two late. */
const STATUS_CHECKS_LATE_BY = { minutes: 5 };

/**
 * Requests a URL every minute, for servers without a load balancer. Once it was available it publishes `Availability` (1 or 0), `Fault`
 * and, when it is available, `Latency` in milliseconds; before, only `NotSetUp`. With `heal` people are told when the probe itself is
 * not set up, fails or is silent; else use `tell`.
 *
 * ```ts
 * const probe = new HttpProbe(this, 'ShopProbe', { url: 'https://shop.example.com/health' });
 * healing.heal('Shop', { alarm: probe.unavailable, target: Target.instance('i-0123456789abcdef0'), ladder: [Remedy.restartService('shop')] });
 * ```
 */
export class HttpProbe extends Construct {
  readonly availability: Metric;
  readonly latency: Metric;
  /** Goes off after three misses in a row. A probe that was never well, or does not report, has no misses. */
  readonly unavailable: Alarm;
  readonly #name: string;
  readonly #probe: ScheduledProbe;
  readonly #way: ProbeEvidence['way'];
  readonly #timeout: Duration;

  /** @throws PolicyError for values that cannot be right, or a property that is not known */
  constructor(scope: Construct, id: string, props: HttpProbeProps) {
    super(scope, id);
    knownOf(props, probeNames, id, 'probe');
    if (props.name !== undefined) nameLogicalIds(this, props.name);
    this.#name = props.name ?? Names.uniqueResourceName(this, { maxLength: 50, separator: '-' });
    refuseNamesTakenTwice(this, this.#name);
    const { url, expectedStatus = 200, timeout = Duration.seconds(5), authority } = props;
    if (hasLogin(url))
      throw new PolicyError(id, [
        'probe.url: a name and password are not allowed in it, since everybody could read them in the template: name a page without a login, or expect its 401',
      ]);
    this.#timeout = timeout;
    const place = withoutQuery(url);
    const request = {
      ...{ name: this.#name, url, expectedStatus, timeoutMilliseconds: timeout.toMilliseconds() },
      ...(authority !== undefined && { authority }),
    };
    const environment = { HTTP_PROBE: Stack.of(this).toJsonString(checked(httpProbeSchema, request, id, 'probe')) };
    const network = networkOf(this, props);
    const from = network?.securityGroups.map(({ securityGroupId }) => `security group ${securityGroupId}`).join(', ') ?? 'the internet';
    this.#way = { to: place, from };
    this.#probe = new ScheduledProbe(this, {
      functionName: this.#name,
      description: shortened(`Requests ${place} and publishes what came back`, 256),
      handler: 'probe-http',
      environment,
      ...(network && { network }),
      dimensionsMap: { Probe: this.#name },
      subject: place,
      way: this.#way,
      faults: ['name', 'path', 'refused', 'tls', 'silent', 'declined', 'failing'],
    });
    this.availability = this.#probe.metric('Availability', Stats.MAXIMUM);
    this.latency = this.#probe.metric('Latency', Stats.MAXIMUM);
    this.unavailable = new Alarm(this, 'Unavailable', {
      alarmName: `${this.#name}-unavailable`,
      metric: this.availability,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MISSES,
      treatMissingData: TreatMissingData.MISSING,
    });
  }

  /** The probe that an alarm belongs to. */
  static of(alarm: IAlarm): HttpProbe | undefined {
    const { scope } = alarm.node;
    return scope instanceof HttpProbe ? scope : undefined;
  }

  /** Has people told when the probe itself is not set up, fails or is silent. `heal` does so with the pipeline's own topic. */
  tell(topic: ITopic): void {
    this.#probe.tell(topic);
  }

  /**
   * What tells a fault of a target from one of the probe, behind the alarm for answers that do not come: EC2's own check of an instance
   * goes another way than the probe.
   */
  evidenceFor(alarm: IAlarm, target: Target): ProbeEvidence | undefined {
    if (alarm !== this.unavailable) return undefined;
    const evidence = { kind: 'probe', metric: 'Availability', dimension: 'Probe', name: this.#name, way: this.#way } as const;
    if (target.kind !== 'instance') return evidence;
    const dimensions = { InstanceId: target.id };
    const check = { namespace: 'AWS/EC2', metric: 'StatusCheckFailed_Instance', dimensions, lateBy: STATUS_CHECKS_LATE_BY };
    return { ...evidence, life: { kind: 'status-check', ...check } };
  }

  /**
   * An alarm for answers that are right and too slow, for three minutes. The limit is below the probe's `timeout`, after which an answer
   * counts as none.
   *
   * @throws PolicyError for a limit that no answer could pass, or every one does
   */
  slowerThan(id: string, limit: Duration): Alarm {
    refuseLateNumbers(limit, this.node.id, 'probe.slowerThan');
    if (limit.toMilliseconds() <= 0 || limit.toMilliseconds() >= this.#timeout.toMilliseconds())
      throw new PolicyError(this.node.id, [
        `probe.slowerThan: ${limit.toHumanString()} is not allowed: must be above 0 and below the probe's timeout of ${this.#timeout.toHumanString()}`,
      ]);
    return new Alarm(this, id, {
      alarmName: `${this.#name}-${id}`,
      metric: this.latency,
      threshold: limit.toMilliseconds(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: MISSES,
      // What does not answer at all is the other alarm's.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

function networkOf(scope: Construct, { url, vpc, subnets, securityGroups }: HttpProbeProps) {
  if (!vpc) return undefined;
  const place = { vpc, ...(subnets && { vpcSubnets: subnets }) };
  if (securityGroups?.length === 0)
    throw new PolicyError(scope.node.id, [
      'probe.securityGroups: [] is not allowed: must name at least one; leave it out for one of its own',
    ]);
  if (securityGroups) return { ...place, securityGroups: [...securityGroups] };
  const own = outwardGroup(scope, 'SecurityGroup', vpc, groupDescription(`the self-healing probe of a URL (${scope.node.path})`));
  own.connections.allowToAnyIpv4(portIn(url), 'the URL');
  return { ...place, securityGroups: [own] };
}

/** A URL that is known only when the stack is deployed may have any port. */
function portIn(url: string): Port {
  if (Token.isUnresolved(url)) return Port.allTcp();
  const { port, protocol } = new URL(url);
  return Port.tcp(port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
}
