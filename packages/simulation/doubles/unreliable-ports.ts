import type { AllPorts } from './fake-ports.ts';

/** How one run of a step goes wrong, if it does. */
export interface CallFault {
  /** The call, counted from 0, at which it happens. */
  readonly at: number;
  /** Before the call is carried out, or after it. */
  readonly when: 'before' | 'after';
  /** `killed`: no later call is carried out either. `lost`: only this call's answer is. */
  readonly kind: 'killed' | 'lost';
}

/** The ports as one run of a step has them: calls take a while, so that runs overlap, and one callFault may happen. */
export function unreliable(ports: AllPorts, callFault: CallFault | undefined, delay: () => number): AllPorts {
  let count = -1;
  const around = async (call: () => Promise<unknown>): Promise<unknown> => {
    count += 1;
    const mine = count;
    for (let tick = delay(); tick > 0; tick -= 1) await Promise.resolve();
    const strikes = callFault !== undefined && (callFault.kind === 'killed' ? mine >= callFault.at : mine === callFault.at);
    if (strikes && (callFault.when === 'before' || mine > callFault.at)) throw new Error(callFault.kind);
    const answer = await call();
    if (strikes) throw new Error(callFault.kind);
    return answer;
  };
  return mapCalls(
    ports,
    (call) =>
      (...given) =>
        around(() => call(...given)),
  );
}

type Call = (...given: readonly unknown[]) => Promise<unknown>;

function mapCalls(ports: AllPorts, wrap: (call: Call) => Call): AllPorts {
  const wrapped = Object.entries(ports).map(([port, methods]) => [
    port,
    port === 'metrics'
      ? methods
      : Object.fromEntries(Object.entries(methods as Record<string, Call>).map(([name, call]) => [name, wrap(call)])),
  ]);
  return Object.fromEntries(wrapped) as AllPorts;
}
