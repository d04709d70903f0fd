/** Starts and ends the machines behind the members of the groups. */
export interface Machines {
  /** Resolves when the machine with this id serves. */
  launch(group: string, instanceId: string): Promise<void>;
  terminate(instanceId: string): Promise<void>;
}

type LifecycleState = 'Pending' | 'InService' | 'Terminating';

interface Member {
  readonly group: string;
  readonly instanceId: string;
  state: LifecycleState;
  healthy: boolean;
}

interface Activity {
  readonly ActivityId: string;
  readonly AutoScalingGroupName: string;
  readonly Description: string;
  readonly Cause: string;
  readonly StartTime: Date;
  EndTime?: Date;
  StatusCode: 'InProgress' | 'Successful' | 'Failed';
  StatusMessage?: string;
  Progress: number;
}

/** The members of all groups, kept at the wanted number by launching and ending machines. */
export class GroupMembers {
  readonly #machines: Machines;
  readonly #newInstanceId: () => string;
  readonly #members: Member[] = [];
  readonly #activities: Activity[] = [];
  readonly #underWay = new Set<Promise<void>>();

  constructor(machines: Machines, newInstanceId: () => string) {
    this.#machines = machines;
    this.#newInstanceId = newInstanceId;
  }

  /** Launches or ends as many members as the wanted number needs, counting those that are still starting. */
  async resize(group: string, wanted: number, cause: string): Promise<void> {
    const staying = this.#of(group).filter((member) => member.state !== 'Terminating');
    const launches = Array.from({ length: Math.max(0, wanted - staying.length) }, () => this.#launch(group, cause));
    const leaving = staying.slice(0, Math.max(0, staying.length - wanted));
    await Promise.all([...launches, ...leaving.map((member) => this.#terminate(member, cause))]);
  }

  /** Ends a member that was found unhealthy and launches what the wanted number lacks without it. */
  async replace(instanceId: string, wanted: number, cause: string): Promise<void> {
    const member = this.#members.find((candidate) => candidate.instanceId === instanceId);
    if (!member || member.state === 'Terminating') return;
    member.healthy = false;
    await Promise.all([this.#terminate(member, cause), this.resize(member.group, wanted, cause)]);
  }

  /** The group that the instance is a member of. */
  groupOf(instanceId: string): string | undefined {
    return this.#members.find((member) => member.instanceId === instanceId)?.group;
  }

  inService(group: string): readonly string[] {
    return this.#of(group).flatMap((member) => (member.state === 'InService' ? [member.instanceId] : []));
  }

  describe(group: string): readonly Record<string, unknown>[] {
    return this.#of(group).map(describeMember);
  }

  describeInstances(instanceIds: unknown): readonly Record<string, unknown>[] {
    const wanted = Array.isArray(instanceIds) && instanceIds.length > 0 ? instanceIds : undefined;
    const found = this.#members.filter((member) => wanted?.includes(member.instanceId) ?? true);
    return found.map((member) => ({ ...describeMember(member), AutoScalingGroupName: member.group }));
  }

  /** The newest first, as AWS lists them. */
  activities(group: unknown): readonly Activity[] {
    return this.#activities.filter((activity) => group === undefined || activity.AutoScalingGroupName === group).toReversed();
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #of(group: string): readonly Member[] {
    return this.#members.filter((member) => member.group === group);
  }

  #launch(group: string, cause: string): Promise<void> {
    const member: Member = { group, instanceId: this.#newInstanceId(), state: 'Pending', healthy: true };
    this.#members.push(member);
    return this.#carryOut(member, `Launching a new EC2 instance: ${member.instanceId}`, cause, async () => {
      try {
        await this.#machines.launch(group, member.instanceId);
      } catch (error) {
        this.#remove(member);
        throw error;
      }
      member.state = 'InService';
    });
  }

  #terminate(member: Member, cause: string): Promise<void> {
    member.state = 'Terminating';
    return this.#carryOut(member, `Terminating EC2 instance: ${member.instanceId}`, cause, async () => {
      await this.#machines.terminate(member.instanceId);
      this.#remove(member);
    });
  }

  #remove(member: Member): void {
    this.#members.splice(this.#members.indexOf(member), 1);
  }

  async #carryOut(member: Member, description: string, cause: string, call: () => Promise<void>): Promise<void> {
    const activity: Activity = {
      ActivityId: crypto.randomUUID(),
      AutoScalingGroupName: member.group,
      Description: description,
      Cause: cause,
      StartTime: new Date(),
      StatusCode: 'InProgress',
      Progress: 50,
    };
    this.#activities.push(activity);
    const running = call().then(
      () => void Object.assign(activity, { StatusCode: 'Successful', Progress: 100, EndTime: new Date() }),
      (error: unknown) => {
        Object.assign(activity, { StatusCode: 'Failed', Progress: 100, EndTime: new Date(), StatusMessage: String(error) });
        throw error;
      },
    );
    this.#underWay.add(running);
    await running.finally(() => this.#underWay.delete(running));
  }
}

function describeMember(member: Member): Record<string, unknown> {
  return {
    InstanceId: member.instanceId,
    LifecycleState: member.state,
    HealthStatus: member.healthy ? 'Healthy' : 'Unhealthy',
    AvailabilityZone: 'us-east-1a',
    ProtectedFromScaleIn: false,
  };
}
