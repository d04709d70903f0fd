import type { DisturbableCall, Disturbance } from '@self-healing/local-aws/gateway/disturbance.ts';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { between, oneOf, type Random } from '@self-healing/simulation/random.ts';
import { killCaller } from './caller-process.ts';
import type { Tally } from './tally.ts';

/** Shares of the pipeline's calls. Together one in twelve: an incident makes some fifty calls, so that hardly any is spared. */
const SHARES = { throttled: 0.025, failed: 0.02, delayed: 0.02, unanswered: 0.012, killed: 0.006 } as const;

const DELAY_MS = { from: 100, to: 1_500 } as const;

/** Errors by which services say "too fast"; the SDK knows all of them. */
const THROTTLED = ['ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'TooManyRequestsException'] as const;

/** A time in which a service does not answer anybody. It begins with the first call from then on: one that nobody meets tries nothing. */
export interface Outage {
  readonly service: 'dynamodb' | 'sns';
  readonly from: number;
  readonly lastsMs: number;
}

/** What befalls the calls of the deployed functions on their way. */
export class CallChaos {
  readonly #random: Random;
  readonly #outages: readonly Outage[];
  readonly #tally: Tally;
  readonly #upstreamPort: number;
  /** What was done to calls that name a target, for the history of a violation. */
  readonly struck: { readonly at: number; readonly text: string; readonly parameters: string }[] = [];
  readonly #begun = new Map<Outage, number>();
  active = false;

  constructor(random: Random, outages: readonly Outage[], tally: Tally, upstreamPort: number) {
    this.#random = random;
    this.#outages = outages;
    this.#tally = tally;
    this.#upstreamPort = upstreamPort;
  }

  disturb(call: DisturbableCall): Disturbance {
    if (!this.active) return 'pass';
    const now = Date.now();
    if (this.#isOut(call.service, now))
      return this.#strike(call, `${call.service} unavailable`, { error: new AwsError('ServiceUnavailable', 'chaos: out of order', 503) });
    return this.#oneOfMany(call);
  }

  #isOut(service: string, now: number): boolean {
    const begun = this.#outages.filter((outage) => outage.service === service && now >= outage.from);
    for (const outage of begun) if (!this.#begun.has(outage)) this.#begun.set(outage, now);
    return begun.some((outage) => now < (this.#begun.get(outage) ?? now) + outage.lastsMs);
  }

  #oneOfMany(call: DisturbableCall): Disturbance {
    let share = this.#random();
    const isIt = (each: number): boolean => {
      share -= each;
      return share < 0;
    };
    if (isIt(SHARES.throttled))
      return this.#strike(call, 'throttled', { error: new AwsError(oneOf(this.#random, THROTTLED), 'chaos: too fast', 400) });
    if (isIt(SHARES.failed))
      return this.#strike(call, 'answered 5xx', { error: new AwsError('InternalServerError', 'chaos: broken', 500) });
    if (isIt(SHARES.delayed))
      return this.#strike(call, 'delayed', { delayMs: Math.round(between(this.#random, DELAY_MS.from, DELAY_MS.to)) });
    const after = this.#random() < 0.5;
    const when = after ? 'after' : 'before';
    if (isIt(SHARES.unanswered)) return this.#strike(call, `answer lost, ${when} the act`, { dropAnswer: true, after });
    if (isIt(SHARES.killed)) return this.#kill(call, after, when);
    return 'pass';
  }

  #kill(call: DisturbableCall, after: boolean, when: string): Disturbance {
    const killed = killCaller(call.callerPort, this.#upstreamPort);
    if (killed === undefined) return 'pass';
    return this.#strike(call, `function killed, ${when} the act`, { dropAnswer: true, after }, ` (${killed})`);
  }

  #strike(call: DisturbableCall, kind: string, disturbance: Disturbance, more = ''): Disturbance {
    this.#tally.add(kind);
    const text = `${call.service} ${call.action}: ${kind}${more}`;
    this.struck.push({ at: Date.now(), text, parameters: JSON.stringify(call.parameters).slice(0, 4_000) });
    return disturbance;
  }
}
