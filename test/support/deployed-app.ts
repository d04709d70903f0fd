import type { App, Stack, Stage } from 'aws-cdk-lib';

/** What CloudFormation would put in the place of references: names as AWS makes them, different for every resource. */
export class DeployedApp {
  readonly #templates: ReadonlyMap<string, StackTemplate>;
  readonly #numbers = new Map<string, number>();

  constructor(app: App | Stage) {
    this.#templates = new Map(
      app.synth().stacksRecursively.map(({ stackName, template }) => [stackName, template as StackTemplate] as const),
    );
  }

  /** The resources of a type in a stack, with their references resolved. */
  resources(stack: Stack, type: string): readonly DeployedResource[] {
    return Object.entries(this.#template(stack.stackName).Resources ?? {})
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => ({ id, properties: this.#resolve(stack.stackName, Properties) }));
  }

  /** What a token of a stack becomes there. */
  value(stack: Stack, token: unknown): unknown {
    return this.#resolve(stack.stackName, stack.resolve(token));
  }

  #template(stack: string): StackTemplate {
    const found = this.#templates.get(stack);
    if (!found) throw new Error(`no stack ${stack}`);
    return found;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
  #resolve(stack: string, value: unknown): any {
    if (Array.isArray(value)) return value.map((part) => this.#resolve(stack, part));
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', argument] = [], ...others] = Object.entries(value);
    const isIntrinsic = others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
    if (isIntrinsic) return this.#intrinsic(stack, name, argument);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#resolve(stack, part)]));
  }

  #intrinsic(stack: string, name: string, argument: unknown): unknown {
    if (name === 'Ref') return this.#reference(stack, argument as string);
    if (name === 'Fn::GetAtt') return this.#attribute(stack, argument as readonly [string, string]);
    if (name === 'Fn::GetStackOutput') return this.#output(argument as { readonly StackName: string; readonly OutputName: string });
    const resolved = this.#resolve(stack, argument);
    switch (name) {
      case 'Fn::Join':
        return resolved[1].join(resolved[0]);
      case 'Fn::Split':
        return resolved[1].split(resolved[0]);
      case 'Fn::Select':
        return resolved[1][Number(resolved[0])];
      case 'Fn::Sub':
        return String(resolved).replaceAll(/\$\{([^}]+)\}/g, (_, id) => this.#reference(stack, id));
      case 'Fn::Base64':
        return Buffer.from(resolved).toString('base64');
      case 'Fn::GetAZs':
        return ['eu-west-1a', 'eu-west-1b'];
      case 'Fn::ImportValue':
        return this.#exported(resolved);
      default:
        throw new Error(`${name} is not resolved here`);
    }
  }

  #reference(stack: string, id: string): string {
    const pseudo = pseudoParameters[id];
    if (pseudo !== undefined) return pseudo;
    const resource = this.#template(stack).Resources?.[id];
    if (!resource) return `parameter-${id}`;
    const number = this.#numberOf(stack, id);
    switch (resource.Type) {
      case 'AWS::EC2::Instance':
        return `i-0000000000000000${number % 10}`;
      case 'AWS::AutoScaling::AutoScalingGroup':
        return `${stack}-${id}-${number}`;
      case 'AWS::RDS::DBInstance':
      case 'AWS::RDS::DBCluster':
        return `database-${number}`;
      case 'AWS::ElasticLoadBalancingV2::TargetGroup':
        return `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/000000000000000${number % 10}`;
      default:
        return this.#resolve(stack, resource.Properties?.Name ?? resource.Properties?.AlarmName) ?? `${id}-${number}`;
    }
  }

  #attribute(stack: string, [id, attribute]: readonly [string, string]): string {
    const number = this.#numberOf(stack, id);
    if (attribute === 'LoadBalancerFullName') return `app/web/000000000000000${number % 10}`;
    if (attribute === 'TargetGroupFullName') return `targetgroup/web/000000000000000${number % 10}`;
    if (attribute.endsWith('Endpoint.Port')) return '5432';
    if (attribute.endsWith('Endpoint.Address')) return `database-${number}.c0123456789a.eu-west-1.rds.amazonaws.com`;
    return attribute === 'Arn' ? `arn:aws:of:eu-west-1:111122223333:${id}` : `${id}.${attribute}`;
  }

  #output({ StackName, OutputName }: { readonly StackName: string; readonly OutputName: string }): unknown {
    return this.#resolve(StackName, this.#template(StackName).Outputs?.[OutputName]?.Value);
  }

  #exported(name: string): unknown {
    for (const [stack, { Outputs = {} }] of this.#templates)
      for (const output of Object.values(Outputs))
        if (this.#resolve(stack, output.Export?.Name) === name) return this.#resolve(stack, output.Value);
    throw new Error(`nobody exports ${name}`);
  }

  #numberOf(stack: string, id: string): number {
    const key = `${stack}/${id}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }
}

export interface DeployedResource {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
  readonly properties: any;
}

interface StackTemplate {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>>;
}

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': '',
};
