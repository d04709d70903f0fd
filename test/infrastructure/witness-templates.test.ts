import { readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ShopStage } from '../../docs/examples/shop-stage.ts';
import { type LintFinding, lint } from '../support/cfn-lint.ts';
import { exampleApps, templatesOf } from '../support/example-stacks.ts';
import { inText, resources } from '../support/template.ts';

const apps = [...exampleApps];
const packs = [
  ['AwsSolutions', AwsSolutionsChecks],
  ['Serverless', ServerlessChecks],
] as const;

/** An app with the feature flags of `cdk.json`, by which what CDK's own validation finds is an error. */
function flaggedApp(): App {
  const { context } = JSON.parse(readFileSync(`${import.meta.dirname}/../../cdk.json`, 'utf8')) as { context: Record<string, unknown> };
  const flags = Object.fromEntries(Object.entries(context).filter(([name]) => name.startsWith('@aws-cdk')));
  return new App({ context: { ...flags, 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
}

/** Has a pack look at everything in the app; it sees the stacks of a stage only from within. */
function judge(app: App, Pack: (typeof packs)[number][1]): void {
  for (const stage of app.node.findAll()) if (stage instanceof Stage) Validations.of(stage).addPlugins(new Pack());
}

describe("cdk-nag's packs and the CDK's own validation", () => {
  // Other tests go without the CDK's own, which is slow to begin.
  beforeAll(() => void vi.stubEnv('CDK_VALIDATION', 'true'));
  afterAll(() => void vi.unstubAllEnvs());

  it.each(apps)('find nothing in %s that is not acknowledged with its reason', (_, place) => {
    const app = flaggedApp();
    place(app);
    for (const [, Pack] of packs) judge(app, Pack);
    expect(() => app.synth()).not.toThrow();
  });

  it('find nothing in the shop in both of its stages', () => {
    const app = flaggedApp();
    for (const name of ['test', 'production']) new ShopStage(app, name);
    for (const [, Pack] of packs) judge(app, Pack);
    expect(() => app.synth()).not.toThrow();
  });

  it('do find what CloudFormation would not take', () => {
    const app = flaggedApp();
    new CfnSecurityGroup(new Stack(app, 'Broken'), 'Group', { groupDescription: 'broken', vpcId: 'no-vpc' });
    expect(() => app.synth()).toThrow('no-vpc');
  });

  it.each([
    ['AwsSolutions', AwsSolutionsChecks, 'AwsSolutions-SQS4', (stack: Stack) => new Queue(stack, 'Plain')],
    [
      'Serverless',
      ServerlessChecks,
      'Serverless-LambdaDLQ',
      (stack: Stack) =>
        new Lambda(stack, 'Plain', {
          runtime: Runtime.NODEJS_24_X,
          handler: 'index.handler',
          code: Code.fromInline('exports.handler = 0'),
        }),
    ],
  ] as const)('do find by the pack %s what is not acknowledged', (_, Pack, rule, build) => {
    for (const within of [(app: App) => app, (app: App) => new Stage(app, 'Production')]) {
      const app = flaggedApp();
      build(new Stack(within(app), 'Other'));
      judge(app, Pack);
      expect(() => app.synth()).toThrow(rule);
    }
  });
});

describe('the definition of every state machine, by the rules of the Amazon States Language,', () => {
  const machines = apps.flatMap(([app]) =>
    templatesOf(app).flatMap((template) =>
      [...resources('AWS::StepFunctions::StateMachine', template).values()].map(
        ({ Properties }) =>
          [
            app,
            JSON.parse(
              inText(Properties.DefinitionString)
                .replaceAll(/\$\{AWS::Partition\}/g, 'aws')
                .replaceAll(/\$\{[\w.]+\}/g, FUNCTION),
            ) as Machine,
          ] as const,
      ),
    ),
  );

  it('there is one in every example but that of a hub, which heals nothing', () => {
    const healing = [...exampleApps.keys()].filter((app) => !app.endsWith(': HubStage'));
    expect(new Set(machines.map(([app]) => app))).toEqual(new Set(healing));
  });

  it.each(machines)('of %s is sound', (_, machine) => {
    expect(messagesOf(machine)).toEqual([]);
  });

  it.each<[string, (machine: Machine) => object]>([
    ['a transition to nowhere', (machine) => ({ ...machine, StartAt: 'Nowhere' })],
    ['a state of no type', (machine) => ({ ...machine, States: { ...machine.States, [machine.StartAt]: { Type: 'Tusk', End: true } } })],
    [
      'a field that a state does not have',
      (machine) => ({ ...machine, States: { [machine.StartAt]: { Type: 'Succeed', Next: 'Nowhere' } } }),
    ],
  ])('is refused with %s', (_, broken) => {
    const [first] = machines;
    if (!first) throw new Error('there is no state machine');
    expect(messagesOf(broken(first[1]))).not.toEqual([]);
  });
});

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:healing-step';

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, object>>;
}

function messagesOf(machine: object): readonly string[] {
  return aslValidator(machine).errors.map((error) => JSON.stringify(error));
}

describe('cfn-lint', () => {
  /** What it says and is not so, or is not ours; each with the words by which it is known, and why. */
  const known: readonly { readonly rule: string; readonly words: RegExp; readonly path: RegExp; readonly because: string }[] = [
    {
      rule: 'W3005',
      words: /^'\w+(?:Role|Dispatch)\w+' dependency already enforced by a 'GetAtt'/,
      path: /\/DependsOn\/\d+$/,
      because:
        'The CDK lets a resource wait for a role and the role’s policy together; of both, the reference enforces the role already. One too many does no harm.',
    },
    {
      rule: 'W3037',
      words: /^'describealarmcontributors' is not one of/,
      path: /\/Statement\/\d+\/Action/,
      because: 'The reference of September 2026 has no such action; where CloudWatch asks for it by its own name, it must be granted.',
    },
  ];
  let findings: readonly LintFinding[] = [];

  beforeAll(async () => {
    const templates = apps.flatMap(([app]) =>
      templatesOf(app).map((template, index) => [`${app}, stack ${index + 1}`, template.toJSON()] as const),
    );
    const broken = new Stack(new App({ analyticsReporting: false }), 'Broken');
    new CfnQueue(broken, 'Queue', { queueName: 'q' }).addPropertyOverride('DelaySeconds', 'soon');
    findings = await lint(new Map([...templates, ['broken', Template.fromStack(broken).toJSON()]]));
  });

  it.each(apps)('finds nothing in %s', (app) => {
    const own = findings.filter(({ template }) => template.startsWith(`${app}, stack`));
    const unknown = own.filter(
      ({ rule, message, path }) => !known.some((each) => each.rule === rule && each.words.test(message) && each.path.test(path)),
    );
    expect(unknown).toEqual([]);
  });

  it.each(known.map(({ rule, because, words }) => [rule, because, words] as const))(
    'still says %s, which is let pass: %s',
    (rule, _, words) => {
      expect(findings.some((finding) => finding.rule === rule && words.test(finding.message))).toBe(true);
    },
  );

  it('does find what is wrong', () => {
    expect(findings.filter(({ template }) => template === 'broken').map(({ rule, path }) => [rule, path])).toEqual([
      ['E3012', expect.stringContaining('DelaySeconds')],
    ]);
  });
});
