import { readFileSync } from 'node:fs';
import { type CfnElement, CfnOutput, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { SelfHealingStack } from '../../lib/self-healing-stack.ts';
import { Target } from '../../lib/target.ts';
import { everything, unbundledApp } from '../support/default-stack.ts';
import { completeTemplate, inText, type Resource, resources } from '../support/template.ts';

/** The property that names a resource of the type; of types without a name it is left out. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::Chatbot::SlackChannelConfiguration': 'ConfigurationName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Events::ApiDestination': 'Name',
  'AWS::Events::Connection': 'Name',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::QueryDefinition': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Association': 'AssociationName',
  'AWS::SSM::Document': 'Name',
  'AWS::SSM::Parameter': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

const allResources = (template: Template) => Object.entries(template.toJSON().Resources as Record<string, Resource>);

/** Every name that a template gives, with its type, and the logical id that has it. */
function namesIn(template: Template): ReadonlyMap<string, string> {
  return new Map(
    allResources(template).flatMap(([id, { Type, Properties }]) => {
      const name = Properties?.[NAMES[Type] ?? ''];
      return name === undefined ? [] : [[`${Type} ${inText(name)}`, id] as const];
    }),
  );
}

const environment = (name?: string) => {
  const stack = new SelfHealingStack(unbundledApp(), `Stack-${name}`, { ...everything, ...(name !== undefined && { name }) });
  return Template.fromStack(stack);
};

describe('two environments in one account and Region', () => {
  const [production, staging] = [environment('production'), environment('staging')];

  it('share no name', () => {
    const taken = namesIn(production);
    expect(taken.size).toBeGreaterThan(50);
    expect([...namesIn(staging).keys()].filter((name) => taken.has(name))).toEqual([]);
  });

  it('have the name of their pipeline in each of their names', () => {
    expect([...namesIn(staging).keys()].filter((name) => !name.includes('staging'))).toEqual([]);
  });

  it('are told apart in what they grant: nothing of the one names the other', () => {
    expect(JSON.stringify(staging.toJSON())).not.toMatch(/production|(?<!self-)healing-/);
  });
});

describe('one environment in two Regions', () => {
  it('shares no name that all Regions share', () => {
    expect([...namesIn(environment()).keys()].filter((name) => /^AWS::(IAM|CloudWatch::Dashboard)/.test(name)).toSorted()).toEqual([
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as inText shows a reference
      'AWS::CloudWatch::Dashboard self-healing-healing-${AWS::Region}',
      'AWS::IAM::ManagedPolicy healing-doctor-${AWS::Region}',
      'AWS::IAM::ManagedPolicy healing-drills-${AWS::Region}',
      'AWS::IAM::ManagedPolicy healing-operators-${AWS::Region}',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as inText shows a reference
    ]);
  });

  it('gives chat channels, whose names an account has once, the Region in theirs', () => {
    const named = [...resources('AWS::Chatbot::SlackChannelConfiguration', completeTemplate()).values()];
    expect(named.map(({ Properties }) => inText(Properties.ConfigurationName))).toEqual([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as inText shows a reference
      'healing-slack-${AWS::Region}',
    ]);
  });
});

describe('what is moved within its stack', () => {
  /** A stack with a pipeline and a named probe, somewhere in it. */
  function placed(scope: (stack: Stack) => Construct, id: string): Template {
    const stack = new Stack(unbundledApp(), 'Moved');
    const at = scope(stack);
    const pipeline = new HealingPipeline(at, id, { name: 'shop', notify: { emails: ['oncall@example.com'] } });
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), service: 'nginx', serviceDown: {}, disk: {} });
    const probe = new HttpProbe(at, `${id}Probe`, { url: 'https://shop.example.com', name: 'shop-probe' });
    probe.slowerThan('slow', Duration.seconds(2));
    return Template.fromStack(stack);
  }

  it('keeps all its logical ids, so that CloudFormation makes nothing twice; only the pause switch, which has no name, is made anew', () => {
    const [before, after] = [placed((stack) => stack, 'Healing'), placed((stack) => new Construct(stack, 'Inner'), 'Other')];
    const ids = (template: Template) => allResources(template).map(([id, { Type }]) => `${Type} ${id}`);
    const anew = ids(after).filter((id) => !ids(before).includes(id));
    expect(anew.filter((id) => !id.includes('PauseSwitch'))).toEqual([]);
    expect(namesIn(after)).toEqual(namesIn(before));
    expect([...namesIn(after).values()].filter((id) => id.includes('PauseSwitch'))).toEqual([]);
  });

  it('has the same logical ids when its app is synthesized once more', () => {
    const stack = new Stack(unbundledApp(), 'Twice');
    const pipeline = new HealingPipeline(stack, 'Healing');
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    const synthesized = () => Stage.of(stack)?.synth({ force: true }).getStackByName('Twice').template;
    const once = synthesized();
    expect(synthesized()).toEqual(once);
  });

  it('keeps an id that somebody has overridden', () => {
    const stack = new Stack(unbundledApp(), 'Own');
    const pipeline = new HealingPipeline(stack, 'Healing');
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    (pipeline.history.logGroup.node.defaultChild as CfnElement).overrideLogicalId('MyHistory');
    expect(namesIn(Template.fromStack(stack)).get('AWS::Logs::LogGroup /self-healing/healing/history')).toBe('MyHistory');
  });
});

describe('a pipeline that gets another name', () => {
  it('makes everything anew, so that what AWS takes once is left out meanwhile, as the page on renaming says', () => {
    const named = (name: string) => {
      const stack = new Stack(unbundledApp(), 'Renamed');
      const slack = { workspaceId: 'T0123456789', channelId: 'C0123456789' };
      const teams = { tenantId: 'tenant', teamId: 'team', channelId: 'channel' };
      const pipeline = new HealingPipeline(stack, 'Healing', { name, resourceTagsOnTelemetry: true, notify: { chat: { slack, teams } } });
      pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
      return allResources(Template.fromStack(stack));
    };
    const before = new Set(named('shop').map(([id]) => id));
    const once = /^AWS::(Chatbot::(Slack|MicrosoftTeams)ChannelConfiguration|ObservabilityAdmin::TelemetryEnrichment)$/;
    const anew = named('bank').filter(([id, { Type }]) => once.test(Type) && !before.has(id));
    const page = readFileSync(`${import.meta.dirname}/../../docs/upgrade-and-removal.md`, 'utf8').split('## Rename or move')[1] ?? '';
    expect(anew).toHaveLength(3);
    expect(['`slack`', '`teams`', '`resourceTagsOnTelemetry`'].filter((word) => !page.includes(word))).toEqual([]);
  });
});

describe('two pipelines in one stack', () => {
  it('have different logical ids, wherever they stand', () => {
    const stack = new Stack(unbundledApp(), 'Both');
    for (const name of ['shop', 'bank'])
      new HealingPipeline(new Construct(stack, name), 'Healing', { name }).protectFleet('Web', {
        fleet: Fleet.tagged('Team', name),
        disk: {},
      });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('two pipelines of one name', () => {
  const here = { account: '111122223333', region: 'eu-west-1' };

  function synthesized(one: object | undefined, other: object | undefined): () => unknown {
    const app = unbundledApp();
    for (const [index, env] of [one, other].entries())
      new HealingPipeline(new Stack(app, `Stack${index}`, env && { env }), 'Healing', { name: 'shop' }).protectFleet('Web', {
        fleet: Fleet.tagged('Team', `team-${index}`),
        disk: {},
      });
    return () => app.synth();
  }

  it('in one account and Region are refused, since the second could not be deployed', () => {
    expect(synthesized(here, here)).toThrow('Stack0/Healing has the name shop, and so has Stack1/Healing: give one of them another `name`');
  });

  it.each([
    ['another Region', here, { ...here, region: 'eu-central-1' }],
    ['another account', here, { ...here, account: '444455556666' }],
    ['wherever their stacks are deployed', undefined, undefined],
  ])('stand beside each other in %s', (_, one, other) => {
    expect(synthesized(one, other)).not.toThrow();
  });
});

describe('names that would be taken twice in one account and Region', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  const pipeline = (name?: string) => (scope: Construct) =>
    new HealingPipeline(scope, 'Healing', name === undefined ? {} : { name }).protectFleet('Web', {
      fleet: Fleet.tagged('Team', name ?? 'one'),
      disk: {},
    });
  const hub = (name?: string) => (scope: Construct) =>
    new HealingHub(scope, 'Hub', { organization: 'o-a1b2c3d4e5', ...(name !== undefined && { name }) });
  const probe = (name: string) => (scope: Construct) => new HttpProbe(scope, 'Probe', { name, url: 'https://shop.example.com' });

  type Make = (scope: Construct) => unknown;
  function synthesized(...made: readonly Make[]): () => unknown {
    const app = unbundledApp();
    for (const [index, make] of made.entries()) make(new Stack(app, `Stack${index}`, { env }));
    return () => app.synth();
  }

  it.each<[string, Make, Make, string]>([
    [
      'two pipelines, since IAM ignores case',
      pipeline('shop'),
      pipeline('Shop'),
      'Stack1/Healing has the name Shop, by which both would make an AWS::IAM::ManagedPolicy of one name',
    ],
    ['a hub and a pipeline', hub(), pipeline('healing-hub'), 'Stack0/Hub has the name healing-hub, and so has Stack1/Healing'],
    ['two hubs', hub(), hub(), 'Stack0/Hub has the name healing-hub, and so has Stack1/Hub'],
    ['two probes', probe('shop'), probe('shop'), 'Stack0/Probe has the name shop, and so has Stack1/Probe'],
    [
      'a probe and a function of a pipeline',
      pipeline(),
      probe('healing-sweep'),
      'both would make AWS::Logs::LogGroup /aws/lambda/healing-sweep: give one of them another `name`',
    ],
  ])('are refused of %s', (_, one, other, words) => {
    expect(synthesized(one, other)).toThrow(words);
  });

  it('are not those of a hub, pipelines and probes of different names', () => {
    expect(synthesized(hub(), pipeline(), pipeline('healing-shop'), probe('shop'), probe('Shop'), probe('healing-probe'))).not.toThrow();
  });

  it('are not those of a probe that stands within the pipeline', () => {
    const within: Make = (scope) => {
      const healing = new HealingPipeline(scope, 'Healing');
      const { unavailable } = new HttpProbe(healing, 'Probe', { name: 'healing-probe', url: 'https://shop.example.com' });
      healing.heal('Site', { alarm: unavailable, target: Target.instance('i-0123456789abcdef0'), ladder: [Remedy.restartInstance()] });
    };
    expect(synthesized(within)).not.toThrow();
  });
});

describe('a pipeline whose parts are named by another stack', () => {
  it('exports them under their own logical ids', () => {
    const app = unbundledApp();
    const stack = new Stack(app, 'Owner');
    const pipeline = new HealingPipeline(new Construct(stack, 'Inner'), 'Healing', { name: 'shop' });
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    const other = new Stack(app, 'Other');
    new CfnOutput(other, 'Topic', { value: pipeline.notifications.topic.topicArn });
    const id = namesIn(Template.fromStack(stack)).get('AWS::SNS::Topic shop-notifications');
    expect(id).toMatch(/^ShopNotifications/);
    expect(JSON.stringify(Template.fromStack(other).toJSON().Outputs)).toContain(`${id}`);
  });
});

/**
 * Properties of resources with a name whose change CloudFormation carries out by a replacement, which it refuses while the name stays
 * ("Update requires: Replacement" in the CloudFormation reference), beside those that say what kind of thing it is.
 */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::ManagedPolicy': ['Description', 'Path'],
  'AWS::IAM::Role': ['Path'],
  'AWS::Events::Rule': ['EventBusName'],
  'AWS::Lambda::Function': ['PackageType', 'TenancyConfig'],
  'AWS::SSM::Document': ['Attachments', 'Requires', 'VersionName'],
  'AWS::SQS::Queue': ['FifoQueue'],
  'AWS::SNS::Topic': ['FifoTopic'],
};

describe('what has a name', () => {
  it.each(Object.entries(REPLACING))('of type %s has no %j, whose change would replace it under its own name', (type, properties) => {
    const named = [...resources(type, completeTemplate()).values()].filter(({ Properties }) => NAMES[type] && Properties[NAMES[type]]);
    expect(
      named.flatMap(({ Properties }) => properties.filter((property) => !['', '/', undefined].includes(Properties[property]))),
    ).toEqual([]);
  });

  it('is a document only if its changes become new versions', () => {
    const documents = [...resources('AWS::SSM::Document', completeTemplate()).values()];
    expect(documents.filter(({ Properties }) => Properties.UpdateMethod !== 'NewVersion')).toEqual([]);
    expect(documents.length).toBeGreaterThan(3);
  });

  it('is no queue, whose names SQS gives free only after a minute', () => {
    expect([...resources('AWS::SQS::Queue', completeTemplate()).values()].filter(({ Properties }) => Properties.QueueName)).toEqual([]);
  });

  it('is of a type whose name is known here, so that none escapes these tests', () => {
    const types = new Set(allResources(completeTemplate()).map(([, { Type }]) => Type));
    const nameless =
      /^(AWS::(IAM::Policy|Lambda::(Permission|EventInvokeConfig|EventSourceMapping|Url)|SQS::QueuePolicy|SNS::(TopicPolicy|Subscription)|EC2::SecurityGroup.*|ObservabilityAdmin::TelemetryEnrichment)|Custom::.+)$/;
    expect([...types].filter((type) => !(type in NAMES) && !nameless.test(type))).toEqual([]);
  });
});
