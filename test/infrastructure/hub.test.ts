import { readFileSync } from 'node:fs';
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { HealedStage, HubStage, healedPlaces, hubPlace } from '../../docs/examples/many-accounts-stages.ts';
import { countedTemplates } from '../../docs/generate/counted-template.ts';
import { historyFields } from '../../lambdas/core/history-line.ts';
import type { HubProps } from '../../lib/constructs/hub-link.ts';
import { unscopedActions } from '../../lib/constructs/security-acknowledgements.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub, type HealingHubProps } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { hubQueries } from '../../lib/queries/hub.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { readQuery } from '../support/logs-insights.ts';

const { test, production } = healedPlaces;
const hubBus = 'arn:aws:events:eu-west-1:444455556666:event-bus/healing-hub';
const linkOf = ({ account, region }: Place) => `arn:aws:events:${region}:${account}:event-bus/self-healing-link-healing`;

interface Place {
  readonly account: string;
  readonly region: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
type Properties = any;

/** A template as a place would have it: with its own account and Region, and ARNs of what stands in it. */
class Deployed {
  readonly place: Place;
  readonly #resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;

  constructor(stack: Stack, place: Place) {
    this.place = place;
    this.#resources = Template.fromStack(stack).toJSON().Resources;
  }

  of(type: string): readonly Properties[] {
    return Object.values(this.#resources).flatMap(({ Type, Properties }) => (Type === type ? [this.#resolved(Properties ?? {})] : []));
  }

  /** Whatever a role or a person is allowed. */
  statements(): readonly Statement[] {
    const policies = [...this.of('AWS::IAM::Policy'), ...this.of('AWS::IAM::ManagedPolicy')];
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  }

  /** What the role of a function is allowed. */
  ofFunction(name: string): readonly Statement[] {
    const [, fn] = this.#entry(({ Properties }) => Properties?.FunctionName === name);
    const role = fn.Properties.Role['Fn::GetAtt'][0];
    return Object.values(this.#resources)
      .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap(({ Properties }) => this.#resolved(Properties.PolicyDocument.Statement));
  }

  #entry(is: (resource: { readonly Type: string; readonly Properties?: Properties }) => boolean) {
    const found = Object.entries(this.#resources).find(([, resource]) => is(resource));
    if (!found) throw new Error('there is no such resource');
    return found as [string, { readonly Type: string; readonly Properties: Properties }];
  }

  #resolved(value: unknown): Properties {
    if (Array.isArray(value)) return value.map((each) => this.#resolved(each));
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Properties;
    if (Ref !== undefined) return this.#reference(Ref);
    if (attribute) return attribute[1] === 'Arn' ? this.#arn(attribute[0]) : `${attribute[0]}.${attribute[1]}`;
    if (join) return join[1].map((part: unknown) => this.#resolved(part)).join(join[0]);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#resolved(part)]));
  }

  #reference(id: string): string {
    const { account, region } = this.place;
    const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::AccountId': account };
    if (pseudo[id] !== undefined) return pseudo[id];
    const type = this.#resources[id]?.Type ?? '';
    return /Topic|StateMachine/.test(type) ? this.#arn(id) : this.#name(id);
  }

  #name(id: string): string {
    const { Name, FunctionName, TableName, TopicName, LogGroupName, StateMachineName } = this.#resources[id]?.Properties ?? {};
    const name = Name ?? FunctionName ?? TableName ?? TopicName ?? LogGroupName ?? StateMachineName;
    return typeof name === 'string' ? name : id;
  }

  #arn(id: string): string {
    const { account, region } = this.place;
    const type = this.#resources[id]?.Type ?? '';
    const [service = '', prefix = ''] = ARNS[type] ?? ['of', ''];
    return `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${prefix}${this.#name(id)}`;
  }
}

const ARNS: Readonly<Record<string, readonly [string, string]>> = {
  'AWS::DynamoDB::GlobalTable': ['dynamodb', 'table/'],
  'AWS::Events::EventBus': ['events', 'event-bus/'],
  'AWS::IAM::Role': ['iam', 'role/'],
  'AWS::Lambda::Function': ['lambda', 'function:'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:'],
  'AWS::SNS::Topic': ['sns', ''],
  'AWS::SQS::Queue': ['sqs', ''],
  'AWS::StepFunctions::StateMachine': ['states', 'stateMachine:'],
};

/** A pipeline of one fleet with its hub, whose manifest names so many policies more. */
function withHub(hub: HubProps, more = 0): Deployed {
  const stack = new Stack(unbundledApp(), 'Own', { env: test });
  const pipeline = new HealingPipeline(stack, 'Healing', { hub });
  pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
  for (let policy = 0; policy < more; policy += 1) pipeline.operators.enter(`One-of-many-${policy}`, 'automatic');
  return new Deployed(stack, test);
}

/** A hub of these accounts. */
function ofAccounts(accounts: readonly string[]): Deployed {
  const stack = new Stack(unbundledApp(), 'Hub', { env: hubPlace });
  new HealingHub(stack, 'Hub', { accounts });
  return new Deployed(stack, hubPlace);
}

/** What the managed policy of a hub's operators allows. */
function ofOperators(deployed: Deployed): readonly Statement[] {
  return deployed.of('AWS::IAM::ManagedPolicy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function example() {
  const app = unbundledApp();
  const hub = new HubStage(app, 'hub', { env: hubPlace });
  const healed = [test, production].map((env, index) => new HealedStage(app, `healed-${index}`, { env }));
  return { hub, healed };
}

const { hub: hubStage, healed } = example();
const hub = new Deployed(hubStage.stack, hubPlace);
const spokes = healed.map(({ stack }, index) => new Deployed(stack, [test, production][index] as Place));
const [inTest, inProduction] = spokes as [Deployed, Deployed];
const everywhere = [hub, ...spokes];

/** Whether IAM lets somebody do it in another account: both their own policies and that of the resource must. */
async function isAllowedAcross(
  by: { readonly place: Place; readonly statements: readonly Statement[] },
  on: { readonly place: Place; readonly arn: string; readonly policy: Statement },
  context: Record<string, string | string[]>,
): Promise<boolean> {
  const simulation: Simulation = {
    request: {
      principal: `arn:aws:iam::${by.place.account}:role/somebody`,
      action: 'events:PutEvents',
      resource: { resource: on.arn, accountId: on.place.account },
      contextVariables: context,
    },
    identityPolicies: [{ name: 'own', policy: { Version: '2012-10-17', Statement: by.statements } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: { Version: '2012-10-17', Statement: [on.policy] },
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

const busPolicy = (deployed: Deployed): Statement => deployed.of('AWS::Events::EventBusPolicy')[0].Statement;
const ofThePause = { 'events:source': ['self-healing-hub'], 'events:detail-type': ['pause'] };
const ofADrill = { ...ofThePause, 'events:detail-type': ['drill'] };
const anything: readonly Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

describe('the example of a hub and two accounts', () => {
  it.each(['hub', 'healed'])("passes AWS's rules: the stage %s", (id) => {
    const app = unbundledApp();
    const stage = id === 'hub' ? new HubStage(app, id, { env: hubPlace }) : new HealedStage(app, id, { env: test });
    Validations.of(stage).addPlugins(new AwsSolutionsChecks(), new ServerlessChecks());
    expect(() => app.synth()).not.toThrow();
  });

  it.each([test, production].map((place, index) => [place, index] as const))(
    'takes the code of functions from a bucket of their own place, so that no template is for several: %o',
    ({ account, region }, index) => {
      const functions = Template.fromStack((healed[index] as HealedStage).stack).findResources('AWS::Lambda::Function');
      const buckets = Object.values(functions).map(({ Properties }) => Properties.Code.S3Bucket);
      expect(new Set(buckets)).toEqual(new Set([`cdk-hnb659fds-assets-${account}-${region}`]));
    },
  );

  it('has a bus in each place, named by the pipeline or the hub', () => {
    expect(inTest.of('AWS::Events::EventBus').map(({ Name }) => Name)).toEqual(['self-healing-link-healing']);
    expect(hub.of('AWS::Events::EventBus').map(({ Name }) => Name)).toEqual(['healing-hub']);
  });
});

describe('no role in one account may act on anything in another', () => {
  const places = everywhere.map((deployed) => [`${deployed.place.account} ${deployed.place.region}`, deployed] as const);

  it.each(places)('in %s nobody may take on a role elsewhere, and no role can be taken on from elsewhere', (_, deployed) => {
    expect(
      deployed
        .statements()
        .flatMap(({ Action }) => [Action].flat())
        .filter((action) => /^(sts:|\*)/.test(action)),
    ).toEqual([]);
    const principals = deployed
      .of('AWS::IAM::Role')
      .flatMap(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement)
      .map(({ Principal }) => Object.keys(Principal));
    expect(principals.length).toBeGreaterThan(2);
    expect(new Set(principals.flat())).toEqual(new Set(['Service']));
  });

  it.each(places)('in %s all that a statement names elsewhere is the bus of the hub, or that of a pipeline', (_, deployed) => {
    const { account } = deployed.place;
    const elsewhere = deployed.statements().flatMap(({ Action, Resource }) =>
      [Resource]
        .flat()
        .filter((resource) => typeof resource === 'string' && ![account, ''].includes(accountOf(resource)))
        .map((resource) => `${[Action].flat().join()} on ${resource}`),
    );
    const isHub = account === hubPlace.account;
    expect(new Set(elsewhere)).toEqual(
      new Set(
        isHub
          ? [test.account, production.account, '*'].map(
              (spoke) => `events:PutEvents on arn:aws:events:*:${spoke}:event-bus/self-healing-link-*`,
            )
          : [`events:PutEvents on ${hubBus}`],
      ),
    );
  });

  it.each(places)('in %s what is allowed on everything only reads', (_, deployed) => {
    const unscoped = deployed.statements().filter(({ Effect, Resource }) => Effect === 'Allow' && [Resource].flat().includes('*'));
    expect(unscoped.length).toBeGreaterThan(0);
    const actions = unscoped.flatMap(({ Action }) => [Action].flat());
    expect(actions.filter((action) => !(action in unscopedActions))).toEqual([]);
  });

  it.each(places)('in %s no resource but a bus lets another account in', (_, deployed) => {
    for (const { Principal, SourceArn = '' } of deployed.of('AWS::Lambda::Permission')) {
      expect(Principal).toMatch(/\.amazonaws\.com$/);
      expect(['', deployed.place.account]).toContain(accountOf(SourceArn));
    }
    const policies = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) => deployed.of(type));
    const allowing = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(({ Effect }) => Effect === 'Allow');
    expect(allowing.filter(({ Principal }) => Principal.Service === undefined)).toEqual([]);
  });
});

/** The account in an ARN; that of a bucket, a role of AWS's or of `*` is empty. */
function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

describe('the bus of a pipeline', () => {
  const sender = { place: hubPlace, statements: hub.ofFunction('healing-hub-spread-pause') };
  const bus = { place: test, arn: linkOf(test), policy: busPolicy(inTest) };

  it('takes the pause of the hub, and the hub may send it', async () => {
    expect(await isAllowedAcross(sender, bus, ofThePause)).toBe(true);
    const far = { place: production, arn: linkOf(production), policy: busPolicy(inProduction) };
    expect(await isAllowedAcross(sender, far, ofThePause)).toBe(true);
  });

  it.each([
    ['of another kind', { ...ofThePause, 'events:detail-type': ['CloudWatch Alarm State Change'] }],
    ['beside its pause', { ...ofThePause, 'events:detail-type': ['pause', 'CloudWatch Alarm State Change'] }],
    ['without a source', { 'events:detail-type': ['pause'] }],
    ['of another source', { ...ofThePause, 'events:source': ['self-healing.healing'] }],
  ])('takes nothing %s, even from somebody at the hub who may do everything there', async (_, context) => {
    expect(await isAllowedAcross({ ...sender, statements: anything }, bus, context)).toBe(false);
    expect(await isAllowedAcross(sender, bus, context)).toBe(false);
  });

  it('takes a request for a drill, which operators of the hub may send and its functions may not', async () => {
    const operators = { place: hubPlace, statements: ofOperators(hub) };
    const inItsAccount = { 'aws:ResourceAccount': test.account };
    expect(await isAllowedAcross(operators, bus, { ...ofADrill, ...inItsAccount })).toBe(true);
    expect(await isAllowedAcross(operators, bus, { ...ofThePause, ...inItsAccount })).toBe(false);
    expect(await isAllowedAcross(sender, bus, ofADrill)).toBe(false);
    expect(await isAllowedAcross({ place: production, statements: anything }, bus, ofADrill)).toBe(false);
  });

  it('takes no request for a drill from operators of a hub to which its account does not belong', async () => {
    const ofOthers = { place: hubPlace, statements: ofOperators(ofAccounts(['999999999999'])) };
    expect(await isAllowedAcross(ofOthers, bus, { ...ofADrill, 'aws:ResourceAccount': test.account })).toBe(false);
  });

  it('takes no request for a drill where the pipeline does not let its hub ask', async () => {
    const closed = withHub({ busArn: hubBus });
    const policy = busPolicy(closed);
    expect(await isAllowedAcross({ ...sender, statements: anything }, { ...bus, policy }, ofADrill)).toBe(false);
    expect(await isAllowedAcross(sender, { ...bus, policy }, ofThePause)).toBe(true);
    const types = closed.of('AWS::Events::Rule').flatMap(({ EventPattern }) => EventPattern?.['detail-type'] ?? []);
    expect(types).not.toContain('drill');
    const actions = closed.ofFunction('healing-report-to-hub').flatMap(({ Action }) => [Action].flat());
    for (const action of ['ec2:DescribeInstances', 'logs:FilterLogEvents', 'events:ListTargetsByRule'])
      expect(actions).not.toContain(action);
    const puts = closed.ofFunction('healing-report-to-hub').filter(({ Action }) => Action === 'events:PutEvents');
    expect(JSON.stringify(puts)).not.toContain('self-healing-drill');
  });

  it('takes nothing from another account than that of the hub', async () => {
    expect(await isAllowedAcross({ place: production, statements: anything }, bus, ofThePause)).toBe(false);
  });

  it('is the only thing there that the hub may send to', async () => {
    const policy = { ...bus.policy, Principal: '*', Condition: {} } as Statement;
    for (const arn of [`arn:aws:events:eu-west-1:${test.account}:event-bus/default`, linkOf({ ...test, account: '999999999999' })])
      expect(await isAllowedAcross(sender, { ...bus, arn, policy: { ...policy, Resource: arn } }, ofThePause)).toBe(false);
  });

  it('hands on to its function what its rule takes: the pause from the account of the hub', () => {
    const rules = inTest.of('AWS::Events::Rule').filter(({ EventPattern }) => EventPattern?.['detail-type']?.includes('pause'));
    expect(rules).toMatchObject([
      {
        EventBusName: 'self-healing-link-healing',
        EventPattern: { account: [hubPlace.account], source: ['self-healing-hub'], 'detail-type': ['pause'] },
        Targets: [{ Arn: expect.stringContaining('healing-report-to-hub') }],
      },
    ]);
  });

  it('hands on requests for drills from the account of the hub alone', () => {
    const rules = inTest.of('AWS::Events::Rule').filter(({ EventPattern }) => EventPattern?.['detail-type']?.includes('drill'));
    expect(rules).toMatchObject([
      {
        EventBusName: 'self-healing-link-healing',
        EventPattern: { account: [hubPlace.account], source: ['self-healing-hub'], 'detail-type': ['drill'] },
        Targets: [{ Arn: expect.stringContaining('healing-report-to-hub') }],
      },
    ]);
  });
});

describe('the bus of the hub', () => {
  it('takes what the members send, and nothing of others', async () => {
    const bus = { place: hubPlace, arn: hubBus, policy: busPolicy(hub) };
    const context = { 'events:source': ['self-healing-report.healing'], 'events:detail-type': ['report'] };
    for (const place of [test, production]) expect(await isAllowedAcross({ place, statements: anything }, bus, context)).toBe(true);
    expect(await isAllowedAcross({ place: { ...test, account: '999999999999' }, statements: anything }, bus, context)).toBe(false);
  });

  it('has its policy under its name, which CloudFormation takes, and no ARN', () => {
    expect(hub.of('AWS::Events::EventBusPolicy').map(({ EventBusName }) => EventBusName)).toEqual(['healing-hub']);
  });

  it('may be one of a hundred accounts, of which IAM takes the policies and lets each be reached', async () => {
    const accounts = Array.from({ length: 100 }, (_, number) => String(100_000_000_000 + number));
    const app = unbundledApp();
    const stack = new Stack(app, 'Hub', { env: hubPlace });
    new HealingHub(stack, 'Hub', { accounts });
    const [counted] = countedTemplates(app.synth().directory);
    expect(counted?.managedCharacters).toBeLessThanOrEqual(6_144);
    expect(counted?.inlineCharacters).toBeLessThanOrEqual(10_240);
    const ours = new Deployed(stack, hubPlace);
    const sender = { place: hubPlace, statements: ours.statements() };
    for (const account of [accounts[0], accounts[50], accounts[99], '999999999999'] as string[])
      for (const context of [ofThePause, ofADrill]) {
        const link = { place: { ...test, account }, arn: linkOf({ ...test, account }) };
        const policy = { ...busPolicy(inTest), Resource: link.arn };
        const answer = isAllowedAcross(sender, { ...link, policy }, { ...context, 'aws:ResourceAccount': account });
        expect(await answer).toBe(account !== '999999999999');
      }
  });

  it('of an organization takes what its accounts send, and its hub sends to them alone', async () => {
    const stack = new Stack(unbundledApp(), 'Hub', { env: hubPlace });
    new HealingHub(stack, 'Hub', { organization: 'o-a1b2c3d4e5' });
    const ours = new Deployed(stack, hubPlace);
    const bus = { place: hubPlace, arn: hubBus, policy: busPolicy(ours) };
    const from = (organization: string) =>
      isAllowedAcross({ place: test, statements: anything }, bus, { 'aws:PrincipalOrgID': organization });
    expect([await from('o-a1b2c3d4e5'), await from('o-zzzzzzzzzz')]).toEqual([true, false]);
    const sender = { place: hubPlace, statements: ours.ofFunction('healing-hub-spread-pause') };
    const link = { place: test, arn: linkOf(test), policy: busPolicy(inTest) };
    const to = (organization: string) => isAllowedAcross(sender, link, { ...ofThePause, 'aws:ResourceOrgID': organization });
    expect([await to('o-a1b2c3d4e5'), await to('o-zzzzzzzzzz')]).toEqual([true, false]);
  });

  it('is where every notice and report of a pipeline is sent, by a role that may do nothing else', () => {
    const forwarding = inProduction.of('AWS::Events::Rule').filter(({ Targets }) => Targets?.[0]?.Arn === hubBus);
    expect(forwarding.map(({ EventPattern }) => EventPattern.source[0]).toSorted()).toEqual([
      'self-healing-notice.healing',
      'self-healing-report.healing',
    ]);
    const role = forwarding[0].Targets[0].RoleArn.split('/').at(-1);
    const policies = inProduction.of('AWS::IAM::Policy').filter(({ Roles }) => Roles.includes(role));
    expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: hubBus },
    ]);
  });
});

describe('the functions of hub and pipeline', () => {
  it.each([
    ['healing-hub-hear-pipelines', hub, ['hear-pipelines']],
    ['healing-hub-spread-pause', hub, ['spread-pause']],
    ['healing-report-to-hub', inTest, ['report-to-hub']],
    ['healing-triage', inTest, ['pauses']],
    ['healing-sweep', inTest, ['sweep', 'pauses']],
  ] as const)('%s has every variable that its code reads', (name, deployed, files) => {
    const code = files.map((file) => readFileSync(`${import.meta.dirname}/../../lambdas/handlers/${file}.ts`, 'utf8')).join('');
    const read = [...code.matchAll(/\benvironment\('(\w+)'\)|environmentIfSet\('(HUB_BUS)'\)/g)].map(
      ([, always, asMade]) => always ?? asMade,
    );
    const variables = deployed.of('AWS::Lambda::Function').find(({ FunctionName }) => FunctionName === name).Environment.Variables;
    expect(read.length).toBeGreaterThan(1);
    expect(read.filter((variable) => !(String(variable) in variables))).toEqual([]);
  });
});

describe('a pipeline with a hub', () => {
  it('begins drills by the function that its hub asks, which puts nothing else on the bus and acts on nothing', () => {
    const statements = inTest.ofFunction('healing-report-to-hub');
    const puts = statements.filter(
      ({ Action, Resource }) => Action === 'events:PutEvents' && String(Resource).endsWith('event-bus/default'),
    );
    expect(puts).toMatchObject([
      {
        Condition: {
          'ForAllValues:StringEquals': { 'events:source': 'self-healing-drill.healing', 'events:detail-type': 'Self-Healing Drill' },
          Null: { 'events:source': 'false', 'events:detail-type': 'false' },
        },
      },
    ]);
    const own = statements.filter(({ Action }) => Action === 'events:ListTargetsByRule').flatMap(({ Resource }) => Resource);
    expect(own.map((arn) => String(arn).split(':').at(-1))).toEqual(['rule/healing.*', 'rule/*/healing.*']);
    const others = inTest.of('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName as string);
    const drilling = others.filter(
      (name) => name?.startsWith('healing-') && JSON.stringify(inTest.ofFunction(name)).includes('self-healing-drill.'),
    );
    expect(drilling).toEqual(['healing-report-to-hub']);
  });

  it('reports what stands on every page of its manifest', () => {
    const read = withHub({ busArn: hubBus }, 500)
      .ofFunction('healing-report-to-hub')
      .filter(({ Action }) => Action === 'ssm:GetParameter');
    const parameters = read.flatMap(({ Resource }) => Resource).map((arn) => String(arn).split(':').at(-1));
    expect(parameters).toContain('parameter/self-healing/healing/manifest/2');
  });

  it('lets each function that reads the pause switch read what the hub says, too, and only one write it', () => {
    const names = inTest.of('AWS::Lambda::Function').map(({ FunctionName }) => FunctionName as string);
    const mentions = (name: string, action: string) =>
      inTest
        .ofFunction(name)
        .some(({ Action, Condition }) => [Action].flat().includes(action) && JSON.stringify(Condition ?? {}).includes('"hub"'));
    const readsSwitch = (name: string) =>
      inTest.ofFunction(name).some(({ Resource }) => String(Resource).endsWith('/self-healing/healing/pause'));
    const asking = names.filter((name) => name?.startsWith('healing-') && readsSwitch(name) && name !== 'healing-sweep');
    expect(asking).toContain('healing-triage');
    expect(asking).toContain('healing-diagnose');
    expect(asking.filter((name) => name.includes('restart-service'))).toHaveLength(1);
    expect(asking.filter((name) => !mentions(name, 'dynamodb:GetItem'))).toEqual([]);
    expect(names.filter((name) => name?.startsWith('healing-') && mentions(name, 'dynamodb:PutItem'))).toEqual(['healing-report-to-hub']);
  });

  it('may not, by the function that sets the pause of the hub, touch its own switch', () => {
    const actions = inTest.ofFunction('healing-report-to-hub').flatMap(({ Action }) => [Action].flat());
    expect(actions.filter((action) => /^ssm:(?!Get)/.test(action))).toEqual([]);
  });

  it('keeps the bus that its user gave for notices, and sends them to the hub from there', () => {
    const stack = new Stack(unbundledApp(), 'Own', { env: test });
    const pipeline = new HealingPipeline(stack, 'Healing', { hub: { busArn: hubBus } });
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    expect(pipeline.notifications.bus).toBeDefined();
  });

  it.each(['healing-hub', 'arn:aws:sns:eu-west-1:444455556666:hub', 'arn:aws:events:eu-west-1:444455556666:rule/hub'])(
    'fails at synth with %s for the ARN of a bus',
    (busArn) => {
      const stack = new Stack(unbundledApp(), 'Wrong', { env: test });
      expect(() => new HealingPipeline(stack, 'Healing', { hub: { busArn } })).toThrow('busArn: must be the ARN of an event bus');
    },
  );
});

describe('a hub', () => {
  it.each([
    ['no members', {}, 'exactly one'],
    ['members said in two ways', { organization: 'o-a1b2c3d4e5', accounts: [test.account] }, 'exactly one'],
    ['what is no account', { accounts: ['test'] }, '12 digits'],
    ['what is no organization', { organization: 'ours' }, 'o-a1b2c3d4e5'],
  ] as readonly (readonly [string, HealingHubProps, string])[])('fails at synth with %s', (_, props, words) => {
    expect(() => new HealingHub(new Stack(unbundledApp(), 'Hub'), 'Hub', props)).toThrow(words);
  });

  it('sends its pause each minute, and as soon as its switch is set', () => {
    const rules = hub.of('AWS::Events::Rule').filter(({ Targets }) => String(Targets[0].Arn).includes('spread-pause'));
    expect(rules.map(({ ScheduleExpression, EventPattern }) => ScheduleExpression ?? EventPattern)).toEqual([
      'rate(1 minute)',
      {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: ['/self-healing/healing-hub/pause'], operation: ['Create', 'Update'] },
      },
    ]);
  });

  it('names itself in its pause as its pipelines name it', () => {
    const busOf = (deployed: Deployed, name: string) =>
      deployed.of('AWS::Lambda::Function').find(({ FunctionName }) => FunctionName === name).Environment.Variables.HUB_BUS;
    expect(busOf(hub, 'healing-hub-spread-pause')).toBe(hubBus);
    for (const each of spokes) expect(busOf(each, 'healing-report-to-hub')).toBe(hubBus);
  });

  it.each(['healing-hub-watch-silent', 'healing-hub-watch-unconfirmed', 'healing-hub-watch-dead-letters'])(
    'mails when %s goes off',
    (name) => {
      const alarm = hub.of('AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === name);
      expect(alarm.AlarmActions).toEqual([expect.stringContaining('healing-hub-notifications')]);
    },
  );

  it('counts no end of a drill among the outcomes', () => {
    const query = hubQueries.find(({ name }) => name === 'Outcomes by account and Region');
    const line = { at: '', kind: 'notice', policy: 'Web-memory', outcome: 'skipped' } as const;
    const [real, drill] = [
      { ...line, text: 'SKIPPED: memory' },
      { ...line, text: 'DRILL: THE WAY IS WHOLE: memory' },
    ];
    expect(readQuery(query?.lines ?? []).filter([real, drill])).toEqual([real]);
  });

  it.each(hubQueries)('has the query "$name", of fields that its history has', ({ lines }) => {
    const known = ['at', 'kind', 'text', 'policy', 'target', 'incident', ...Object.keys(historyFields)];
    expect(readQuery(lines).fields.filter((field) => !known.includes(field))).toEqual([]);
    expect(hub.of('AWS::CloudWatch::Dashboard')[0].DashboardBody).toContain(lines[0]?.replaceAll('"', '\\"'));
  });
});
