import { Duration, Names, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { httpProbeSchema } from '../../lambdas/core/http-probe.ts';
import { PROBE_NAMESPACE } from '../../lambdas/core/probe.ts';
import { checked } from '../policy-error.ts';
import { scheduledFunction } from './scheduled-function.ts';

export interface HttpProbeProps {
  /** What is requested every minute, by GET; a page that costs little and tells whether the service can do its work. */
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
  /** The network from which the URL is requested, for what is not reachable from outside. @default - from the internet */
  readonly vpc?: IVpc;
  /** @default - the private subnets of the VPC */
  readonly subnets?: SubnetSelection;
}

/** Three misses in a row: one lost request is no outage. */
const MISSES = 3;

/**
 * Requests a URL every minute, for servers without a load balancer. Publishes `Availability` (1 or 0) and, when it is
 * available, `Latency` in milliseconds; the log says why it is not.
 *
 * ```ts
 * const probe = new HttpProbe(this, 'ShopProbe', { url: 'https://shop.example.com/health' });
 * healing.heal('Shop', { alarm: probe.unavailable, target: Target.instance('i-0123456789abcdef0'), ladder: [Remedy.restartService('shop')] });
 * ```
 */
export class HttpProbe extends Construct {
  readonly availability: Metric;
  readonly latency: Metric;
  /** Goes off after three misses in a row; a probe that does not report counts as a miss. */
  readonly unavailable: Alarm;
  readonly #name: string;

  /** @throws PolicyError for values that cannot be right */
  constructor(scope: Construct, id: string, props: HttpProbeProps) {
    super(scope, id);
    this.#name = props.name ?? Names.uniqueResourceName(this, { maxLength: 50, separator: '-' });
    const { url, expectedStatus = 200, timeout = Duration.seconds(5), authority, vpc, subnets } = props;
    const request = {
      ...{ name: this.#name, url, expectedStatus, timeoutMilliseconds: timeout.toMilliseconds() },
      ...(authority !== undefined && { authority }),
    };
    scheduledFunction(this, 'Function', {
      functionName: this.#name,
      description: `Requests ${url} and publishes what came back`.slice(0, 256),
      handler: 'probe-http',
      environment: { HTTP_PROBE: Stack.of(this).toJsonString(checked(httpProbeSchema, request, id, 'probe')) },
      ...(vpc && { network: { vpc, ...(subnets && { vpcSubnets: subnets }) } }),
    });
    this.availability = this.#metric('Availability');
    this.latency = this.#metric('Latency');
    this.unavailable = new Alarm(this, 'Unavailable', {
      alarmName: `${this.#name}-unavailable`,
      metric: this.availability,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MISSES,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** An alarm for answers that are right and too slow, for three minutes. */
  slowerThan(id: string, limit: Duration): Alarm {
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

  #metric(metricName: string): Metric {
    const dimensionsMap = { Probe: this.#name };
    return new Metric({ namespace: PROBE_NAMESPACE, metricName, dimensionsMap, statistic: 'Maximum', period: Duration.minutes(1) });
  }
}
