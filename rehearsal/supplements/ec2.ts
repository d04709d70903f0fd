import type { Parameters, Supplement } from '../local-aws/supplement.ts';

/** One instance as EC2 shows it. */
export interface Ec2Instance {
  readonly id: string;
  readonly state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  readonly tags: Readonly<Record<string, string>>;
}

interface Filter {
  readonly Name: string;
  readonly Values: readonly string[];
}

/** EC2's numbers for its states. */
const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const;

/** EC2 instances are the managed nodes: what is described is what runs. */
export function createEc2(instances: () => readonly Ec2Instance[]): Supplement {
  return {
    service: 'ec2',
    note: 'The instances are the managed nodes, with their real state; types, networks and volumes of AWS are not shown.',
    actions: {
      DescribeInstances: async (parameters) => ({
        Reservations: found(instances(), parameters).map((instance) => ({ Instances: [described(instance)] })),
      }),
      DescribeTags: async (parameters) => ({ Tags: tagsOf(instances(), filtersOf(parameters)) }),
    },
  };
}

function found(instances: readonly Ec2Instance[], parameters: Parameters): readonly Ec2Instance[] {
  const ids = (parameters.InstanceIds ?? []) as readonly string[];
  return instances.filter(
    (instance) => (ids.length === 0 || ids.includes(instance.id)) && filtersOf(parameters).every((filter) => passes(instance, filter)),
  );
}

function filtersOf(parameters: Parameters): readonly Filter[] {
  return (parameters.Filters ?? []) as readonly Filter[];
}

function passes({ id, state, tags }: Ec2Instance, { Name, Values }: Filter): boolean {
  if (Name === 'instance-id') return Values.includes(id);
  if (Name === 'instance-state-name') return Values.includes(state);
  if (Name.startsWith('tag:')) return Values.includes(tags[Name.slice('tag:'.length)] ?? '');
  throw new Error(`the rehearsal's EC2 does not know the filter ${Name}`);
}

function described({ id, state, tags }: Ec2Instance): Record<string, unknown> {
  return {
    InstanceId: id,
    State: { Code: stateCodes[state], Name: state },
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function tagsOf(instances: readonly Ec2Instance[], filters: readonly Filter[]): readonly Record<string, unknown>[] {
  const wanted = (name: string, value: string) => filters.filter(({ Name }) => Name === name).every(({ Values }) => Values.includes(value));
  return instances.flatMap(({ id, tags }) =>
    Object.entries(tags)
      .filter(([key]) => wanted('key', key) && wanted('resource-id', id) && wanted('resource-type', 'instance'))
      .map(([Key, Value]) => ({ Key, Value, ResourceId: id, ResourceType: 'instance' })),
  );
}
