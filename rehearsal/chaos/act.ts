import type { Parameters, Service, Upstream } from '@self-healing/local-aws/gateway/service.ts';

import { isReadingCommand } from '../stage/reading-command.ts';

/** One change of what is protected, as its service carried it out. */
export interface Act {
  /** When the service got it, in milliseconds since the epoch. */
  readonly at: number;
  readonly action: string;
  /** What it was done to, by the key that the pipeline has for targets. */
  readonly target: string;
  /** The remedy's document, the wanted capacity and the like, for people. */
  readonly what: string;
  /** The attempt's token, where the service is told it. */
  readonly token?: string;
  /** Takes back what an earlier act added. */
  readonly givesBack: boolean;
  /** When the act was over; absent while it is under way. */
  endedAt?: number;
}

type Reading = Omit<Act, 'at' | 'action' | 'givesBack'> & { readonly givesBack?: boolean };

/** How an act is read from its parameters; by action. One that is not named here is not carried out by these services. */
const readings: Readonly<Record<string, (parameters: Parameters) => readonly Reading[]>> = {
  SendCommand: ({ InstanceIds, DocumentName, Comment }) =>
    listOf(InstanceIds).map((id) => ({ target: `instance#${id}`, what: String(DocumentName), token: String(Comment) })),
  RebootInstances: ({ InstanceIds }) => listOf(InstanceIds).map((id) => ({ target: `instance#${id}`, what: 'reboot' })),
  SetInstanceHealth: ({ InstanceId }) => [{ target: `instance#${InstanceId}`, what: 'replace' }],
  SetDesiredCapacity: (parameters) => [capacity(parameters)],
  UpdateAutoScalingGroup: (parameters) => [capacity(parameters)],
  RebootDBInstance: ({ DBInstanceIdentifier, ForceFailover }) => [
    { target: `database#${DBInstanceIdentifier}`, what: ForceFailover === true ? 'fail over' : 'reboot' },
  ],
  ModifyDBInstance: ({ DBInstanceIdentifier }) => [{ target: `database#${DBInstanceIdentifier}`, what: 'modify' }],
};

function capacity({ AutoScalingGroupName, DesiredCapacity }: Parameters): Reading {
  return { target: `auto-scaling-group#${AutoScalingGroupName}`, what: `capacity ${DesiredCapacity}` };
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Everything that was really done to what is protected, in the order in which the services got it. */
export class ActRecord {
  readonly acts: Act[] = [];
  readonly #capacity = new Map<string, number>();

  /** The same service; what it carries out of these acts is recorded. What it refuses never happened. */
  watch(service: Service): Service {
    const actions = Object.entries(service.actions).map(([action, handler]) => {
      const read = readings[action];
      if (!read) return [action, handler] as const;
      return [
        action,
        async (parameters: Parameters, upstream: Upstream) => {
          const at = Date.now();
          const acts = isReadingCommand(action, parameters) ? [] : read(parameters);
          const begun = acts.map((reading) => this.#begin(at, action, reading, parameters));
          try {
            return await handler(parameters, upstream);
          } catch (error) {
            this.#undo(begun);
            throw error;
          }
        },
      ] as const;
    });
    return { ...service, actions: Object.fromEntries(actions) };
  }

  /** The act on the target is over. */
  ended(target: string): void {
    for (const act of this.acts) if (act.target === target && act.endedAt === undefined) act.endedAt = Date.now();
  }

  #begin(at: number, action: string, reading: Reading, { DesiredCapacity }: Parameters): Act {
    const before = this.#capacity.get(reading.target);
    const wanted = DesiredCapacity === undefined ? undefined : Number(DesiredCapacity);
    if (wanted !== undefined) this.#capacity.set(reading.target, wanted);
    const act: Act = { at, action, ...reading, givesBack: before !== undefined && wanted !== undefined && wanted < before };
    this.acts.push(act);
    return act;
  }

  #undo(begun: readonly Act[]): void {
    for (const act of begun) this.acts.splice(this.acts.indexOf(act), 1);
  }
}
