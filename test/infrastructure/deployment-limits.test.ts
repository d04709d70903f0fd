import { type App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnInstance, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { type CountedTemplate, countedTemplates } from '../../docs/generate/counted-template.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources } from '../support/template.ts';

/** A pipeline with as many policies as are asked for, each of which is a rule. */
function withPolicies(policies: number, props: HealingPipelineProps & { readonly region?: string } = {}): App {
  const { region = 'eu-west-1', ...own } = props;
  const app = unbundledApp();
  const stack = new Stack(app, 'Many', { env: { account: '111122223333', region } });
  const healing = new HealingPipeline(stack, 'Healing', own);
  for (let number = 0; number < policies; number += 1) {
    const alarm = Alarm.fromAlarmName(stack, `Alarm${number}`, `alarm-${number}`);
    healing.heal(`P${number}`, { alarm, target: Target.instance('i-0123456789abcdef0'), ladder: [Remedy.waitAndSee()] });
  }
  return app;
}

function spare(app: App, rules: number, env = { account: '111122223333', region: 'eu-west-1' }): App {
  const stack = new Stack(app, `Other${app.node.children.length}`, { env });
  for (let number = 0; number < rules; number += 1) new Rule(stack, `Rule${number}`, { schedule: Schedule.cron({ hour: '1' }) });
  return app;
}

describe('more rules than the default bus takes', () => {
  it.each([
    ['of others, when a policy comes', () => spare(withPolicies(1), 300), /30\d rules on the default event bus; it takes 300\./],
    ['with those of the other stacks that go there', () => spare(withPolicies(40), 262), /30\d rules on the default event bus/],
    [
      'in a Region with a smaller quota',
      () => spare(withPolicies(30, { region: 'eu-south-1' }), 72, { account: '111122223333', region: 'eu-south-1' }),
      /10\d rules on the default event bus; it takes 100\./,
    ],
    ['beyond the quota that is named', () => withPolicies(41, { rulesOnBus: 40 }), /4\d rules on the default event bus; it takes 40\./],
  ])('fail synthesis: %s', (_, app, words) => {
    expect(() => app().synth()).toThrow(words);
  });

  it('do not, where the quota was raised, or where the others go elsewhere', () => {
    expect(() => withPolicies(110, { region: 'eu-south-1', rulesOnBus: 200 }).synth()).not.toThrow();
    expect(() => spare(withPolicies(101), 200, { account: '111122223333', region: 'us-east-1' }).synth()).not.toThrow();
  });

  it('are counted by stage where nobody says to which account a stage goes', () => {
    const app = unbundledApp();
    for (const name of ['test', 'production']) {
      const stack = new Stack(new Stage(app, name), 'Operations');
      const healing = new HealingPipeline(stack, 'Healing', { name, rulesOnBus: 10 });
      healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
    }
    expect(() => app.synth()).not.toThrow();
  });
});

it('more Metrics Insights alarms than an account takes fail synthesis', () => {
  const app = unbundledApp();
  const healing = new HealingPipeline(new Stack(app, 'Many'), 'Healing');
  for (let number = 0; number < 201; number += 1)
    healing.protectFleet(`F${number}`, {
      fleet: Fleet.tagged('Team', `${number}`),
      memory: { ladder: [Remedy.waitAndSee()] },
      agent: false,
    });
  expect(() => app.synth()).toThrow('201 Metrics Insights alarms; an account takes 200 in a Region');
});

/** Each policy has as many keys as have room in some managed policy. */
function withKeys(policies: number): App {
  const app = unbundledApp();
  const stack = new Stack(app, 'Many');
  const healing = new HealingPipeline(stack, 'Healing');
  for (let number = 0; number < policies; number += 1) {
    const alarm = Alarm.fromAlarmName(stack, `Alarm${number}`, `alarm-${number}`);
    const keys = Array.from({ length: 55 }, (_, key) => `arn:aws:kms:eu-west-1:111122223333:key/${number}-${key}-${'0'.repeat(50)}`);
    healing.heal(`P${number}`, { alarm, target: Target.instance('i-0123456789abcdef0'), ladder: [Remedy.moveInstance({ keys })] });
  }
  return app;
}

it('a role may need ten managed policies, and with eleven the synthesis fails', () => {
  const tooMany = /the role Many\/Healing\/Remedy-move-instance\/Function\/Role needs (\d+) managed policies.* IAM attaches 10\./;
  const neededBy = (policies: number) => {
    try {
      const templates = countedTemplates(withKeys(policies).synth().directory);
      return Math.max(...templates.map(({ managedPolicies }) => managedPolicies));
    } catch (error) {
      const [, needed = 'nothing'] = tooMany.exec(String(error)) ?? [];
      return `refused: ${needed}`;
    }
  };
  const answers = [9, 10, 11, 12, 13, 14, 15].map(neededBy);
  expect(answers).toContain(10);
  expect(answers).toContain('refused: 11');
});

describe('what a role may do is divided by the length that it will have', () => {
  /** The largest of what IAM takes of a role's own policies and of managed ones. */
  const measured = (protect: (healing: HealingPipeline, stack: Stack) => void, context = {}) => {
    const app = unbundledApp();
    app.node.setContext('@aws-cdk/aws-iam:minimizePolicies', true);
    for (const [key, value] of Object.entries(context)) app.node.setContext(key, value);
    const stack = new Stack(app, 'Many');
    protect(new HealingPipeline(stack, 'Healing', { dashboard: false }), stack);
    const templates = countedTemplates(app.synth().directory);
    return {
      own: Math.max(...templates.map(({ inlineCharacters }) => inlineCharacters)),
      managed: Math.max(...templates.map(({ managedCharacters }) => managedCharacters)),
    };
  };
  const groups = (names: readonly string[]) => (healing: HealingPipeline) => {
    for (const [number, name] of names.entries())
      healing.protectFleet(`F${number}`, { fleet: Fleet.ofAutoScalingGroup(name), groupCpu: { ladder: [Remedy.addCapacity()] } });
  };
  const long = (number: number, length: number) => `eks-${number}-`.padEnd(length, 'n');
  const many = <Each>(count: number, of: (number: number) => Each) => Array.from({ length: count }, (_, number) => of(number));

  it.each([
    ['minimised', true],
    ['not minimised', false],
  ])('of groups with long names, %s', (_, minimised) => {
    const { own, managed } = measured(groups(many(45, (number) => long(number, 180))), {
      '@aws-cdk/aws-iam:minimizePolicies': minimised,
    });
    expect(own).toBeLessThanOrEqual(10_240);
    expect(managed).toBeLessThanOrEqual(6_144);
  });

  it('of a short name before longer ones', () => {
    for (const length of [190, 220]) {
      const { managed } = measured(groups(many(100, (number) => (number < 46 ? `g${number}` : long(number, length)))));
      expect(managed).toBeLessThanOrEqual(6_144);
    }
  });

  it('of tags', () => {
    for (const length of [168, 234]) {
      const { managed } = measured((healing) => {
        for (let number = 0; number < 100; number += 1)
          healing.protectFleet(`F${number}`, {
            fleet: Fleet.tagged('Team', number < 46 ? `t${number}` : long(number, length)),
            agent: false,
            cpu: { ladder: [Remedy.restartInstance()] },
          });
      });
      expect(managed).toBeLessThanOrEqual(6_144);
    }
  });

  it('of secrets with long names', () => {
    const { own, managed } = measured(
      (healing, stack) => {
        const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-0123456789abcdef0',
          availabilityZones: ['a'],
          privateSubnetIds: ['subnet-0123456789abcdef0'],
        });
        for (let number = 0; number < 60; number += 1) {
          const login = { secret: Secret.fromSecretNameV2(stack, `Login${number}`, long(number, 200)) };
          const database = Database.instance(`orders-${number}`, {
            engine: 'postgresql',
            host: `orders-${number}.example.com`,
            login,
            vpc,
          });
          healing.protectDatabase(`Orders${number}`, { database, connections: { above: 100, ladder: [Remedy.releaseSessions()] } });
        }
      },
      { '@aws-cdk/aws-iam:minimizePolicies': false },
    );
    expect(own).toBeLessThanOrEqual(10_240);
    expect(managed).toBeLessThanOrEqual(6_144);
  });

  it('and two machines of one logical id in two stacks are both named', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Many');
    const healing = new HealingPipeline(stack, 'Healing');
    for (const name of ['Blue', 'Green']) {
      const made = new Stack(app, name);
      const machine = new CfnInstance(made, 'Machine', { imageId: 'ami-0123456789abcdef0' });
      healing.heal(name, {
        alarm: Alarm.fromAlarmName(stack, `Alarm${name}`, name),
        target: Target.instance(machine.ref),
        ladder: [Remedy.restartInstance()],
      });
    }
    const template = JSON.stringify(app.synth().getStackByName('Many').template);
    const rights = [...resources('AWS::IAM::Policy', Template.fromJSON(JSON.parse(template))).entries()];
    const restart = JSON.stringify(rights.filter(([id]) => id.includes('Remedyrestartinstance')));
    expect(restart).toContain('Blue:ExportsOutputRefMachine');
    expect(restart).toContain('Green:ExportsOutputRefMachine');
  });

  it.each([
    ['own', (role: Role, statement: PolicyStatement) => new Policy(role, 'More', { roles: [role], statements: [statement] })],
    ['managed', (role: Role, statement: PolicyStatement) => new ManagedPolicy(role, 'More', { statements: [statement] })],
  ])('and what is larger all the same fails synthesis: %s', (kind, add) => {
    const app = withPolicies(1);
    const role = app.node.findAll().find((node) => node instanceof Role) as Role;
    const names = many(kind === 'own' ? 120 : 70, (number) => `arn:aws:s3:::${long(number, 80)}`);
    add(role, new PolicyStatement({ actions: ['s3:GetObject'], resources: names }));
    expect(() => app.synth()).toThrow(
      kind === 'own'
        ? /the role Many\/Healing\/\S+ has about \d+ characters of policies of its own; IAM takes 10240: protect by tags/
        : /the managed policy Many\/Healing\/\S+\/More has about \d+ characters; IAM takes 6144: protect by tags/,
    );
  });
});

describe('a filter of notices that names more policies than an event pattern holds', () => {
  const filtered = (policies: number) => {
    const names = Array.from({ length: policies }, (_, number) => `Payments-orders-queue-${number}`);
    const app = unbundledApp();
    const stack = new Stack(app, 'Many');
    const healing = new HealingPipeline(stack, 'Healing', { notify: { opsItems: { policies: names } } });
    for (const name of names)
      healing.heal(name, {
        alarm: Alarm.fromAlarmName(stack, `Alarm${name}`, name),
        target: Target.instance('i-0123456789abcdef0'),
        ladder: [Remedy.waitAndSee()],
      });
    return app;
  };

  it('fails synthesis, and its rule is named', () => {
    expect(() => filtered(100).synth()).toThrow(
      /the event pattern of the rule Many\/Healing\/IncidentTools\/OpsItems\/Open\/Resource \(Notices that open an OpsItem\) has about 2\d{3} characters; EventBridge takes 2048\./,
    );
  });

  it('passes where it holds them', () => {
    expect(() => filtered(60).synth()).not.toThrow();
  });
});

describe('at the edge of what AWS takes', () => {
  const nested = () => withPolicies(6, { spread: true });
  const sum = (app: App, count: (template: CountedTemplate) => number) =>
    countedTemplates(app.synth().directory).reduce((total, template) => total + count(template), 0);

  it('300 rules on the default bus pass, with those that forward to nested stacks, and 301 fail', () => {
    const own = sum(nested(), ({ rulesOnDefaultBus }) => rulesOnDefaultBus);
    expect(own).toBeGreaterThan(3);
    expect(() => spare(nested(), 300 - own).synth()).not.toThrow();
    expect(() => spare(nested(), 301 - own).synth()).toThrow('301 rules on the default event bus; it takes 300.');
  });

  it.each([
    ['the own stack', (app: App) => app.node.findChild('Many') as Stack, 'set spread: true'],
    ['a nested stack', (app: App) => app.node.findAll().find((node) => node instanceof NestedStack) as Stack, 'a pipeline of their own'],
  ] as const)('500 resources in %s pass, and 501 fail', (_, stackOf, advice) => {
    const filled = (resources: number) => {
      const app = nested();
      const stack = stackOf(app);
      const own = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
      for (let number = own; number < resources; number += 1) new CfnResource(stack, `Filler${number}`, { type: 'AWS::SNS::Topic' });
      return app;
    };
    expect(() => filled(500).synth()).not.toThrow();
    expect(() => filled(501).synth()).toThrow(new RegExp(`has 501 resources; CloudFormation takes 500: .*${advice}`));
  });
});

it('more databases than the variables of a function have room for stand in the register', () => {
  const app = unbundledApp();
  const stack = new Stack(app, 'Many');
  const healing = new HealingPipeline(stack, 'Healing');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
  for (let number = 0; number < 60; number += 1) {
    const host = `orders-${number}.c0123456789a.eu-west-1.rds.amazonaws.com`;
    const login = { secret: Secret.fromSecretNameV2(stack, `Login${number}`, `orders-${number}/self-healing`) };
    const database = Database.instance(`orders-${number}`, { engine: 'postgresql', host, login, vpc });
    healing.protectDatabase(`Orders${number}`, { database, connections: { above: 100, ladder: [Remedy.releaseSessions()] } });
  }
  const template = Template.fromStack(stack);
  const pages = [...resources('AWS::SSM::Parameter', template).values()].filter(({ Properties }) =>
    String(Properties.Name).startsWith('/self-healing/healing/databases/'),
  );
  const registered = pages.flatMap(({ Properties }) => Object.keys(JSON.parse(inText(Properties.Value))));
  const told = [...resources('AWS::Lambda::Function', template).values()]
    .map(({ Properties }) => Properties)
    .find(({ FunctionName }) => FunctionName === 'healing-remediate-release-sessions').Environment.Variables;
  expect(told.DATABASE_CONNECTIONS_PATH).toBe('/self-healing/healing/databases');
  const given = Object.keys(JSON.parse(inText(told.DATABASE_CONNECTIONS)));
  expect(given.length).toBeGreaterThan(3);
  expect([...given, ...registered].toSorted()).toEqual(Array.from({ length: 60 }, (_, number) => `orders-${number}`).toSorted());
  expect(() => app.synth()).not.toThrow();
});

it('a template that is larger than CloudFormation takes fails synthesis', () => {
  const app = withPolicies(200);
  const stack = app.node.findChild('Many') as Stack;
  stack.templateOptions.metadata = { Padding: 'x'.repeat(900_000) };
  expect(() => app.synth()).toThrow(/The template has \d+ bytes; CloudFormation takes 1000000/);
});
