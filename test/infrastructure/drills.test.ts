import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { deployedScript } from '../../lib/deployed-script.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, policyIn, resources } from '../support/template.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function deployed(props: HealingPipelineProps) {
  const stack = new Stack(unbundledApp(), 'Drills');
  const pipeline = new HealingPipeline(stack, 'Healing', props);
  pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), agent: false, memory: {} });
  pipeline.protectFleet('Two', { fleet: Fleet.ofInstances(['i-0123456789abcdef0']), agent: false, memory: {} });
  const template = Template.fromStack(stack);
  const policy = [...resources('AWS::IAM::ManagedPolicy', template).values()].find(({ Properties }) =>
    inText(Properties.ManagedPolicyName).startsWith('healing-drills-'),
  );
  const documents = [...resources('AWS::SSM::Document', template).values()].map(({ Properties }) => Properties);
  return {
    statements: policy?.Properties.PolicyDocument.Statement as readonly Statement[],
    intake: [...resources('AWS::Lambda::Function', template).values()].find(
      ({ Properties }) => Properties.FunctionName === 'healing-intake',
    ),
    document: documents.find(({ Name }) => Name === 'healing-stop-service'),
    fills: documents.find(({ Name }) => Name === 'healing-fill-folder'),
  };
}

const sends = (statements: readonly Statement[]) =>
  statements
    .filter(({ Action }) => [Action].flat().includes('ssm:SendCommand'))
    .map(({ Resource, Condition }) => [[Resource].flat().map((each) => inText(each).split(':').at(-1)), Condition]);

describe('drills for real', () => {
  it('are not deployed unless they are asked for', () => {
    const { statements, document, fills, intake } = deployed({});
    expect([document, fills]).toEqual([undefined, undefined]);
    expect(sends(statements)).toEqual([]);
    expect(intake?.Properties.Environment.Variables).not.toHaveProperty('DRILLS_FOR_REAL');
  });

  it('are told to intake, which refuses them otherwise', () => {
    expect(deployed({ drills: true }).intake?.Properties.Environment.Variables).toHaveProperty('DRILLS_FOR_REAL');
  });

  it('may send the two documents to the instances that are protected, and to no others', () => {
    expect(sends(deployed({ drills: true }).statements)).toEqual([
      [['document/healing-stop-service', 'document/healing-fill-folder'], undefined],
      [['instance/*'], { StringEquals: { 'ssm:resourceTag/SelfHeal': ['enabled'] } }],
      [['instance/i-0123456789abcdef0'], undefined],
    ]);
  });

  it('fill by exactly the file without its comments, to nine tenths at the most, under anchored patterns', () => {
    const { Content } = deployed({ drills: true }).fills ?? {};
    const script = deployedScript('fill-folder.sh').join('\n');
    expect(Content.mainSteps.map(({ inputs }: { inputs: { runCommand: string[] } }) => inputs.runCommand.join('\n'))).toEqual([script]);
    const { Percent, Folders, Path, Minutes } = Content.parameters as Record<string, { allowedPattern: string; interpolationType: string }>;
    const allowed = (parameter = { allowedPattern: '(?!)' }, ...values: string[]) =>
      values.filter((value) => new RegExp(parameter.allowedPattern).test(value));
    expect(allowed(Percent, '0', '1', '9', '10', '85', '89', '90', '91', '99', '100', '090', '9\n0')).toEqual([
      '1',
      '9',
      '10',
      '85',
      '89',
      '90',
    ]);
    expect(allowed(Path, '/', '/srv/data', 'srv', '/a b', '/$(reboot)', '/a;b')).toEqual(['/', '/srv/data']);
    expect(allowed(Folders, '/tmp', '/tmp:/var/tmp', 'tmp', '/tmp:', '/tmp;reboot', '/tmp:/$(reboot)')).toEqual(['/tmp', '/tmp:/var/tmp']);
    expect(allowed(Minutes, '4', '5', '60', '61')).toEqual(['5', '60']);
    for (const { interpolationType } of [Percent, Folders, Path, Minutes].flatMap((each) => each ?? []))
      expect(interpolationType).toBe('ENV_VAR');
  });

  it('know what to fill by the policies of disks, and of no others', () => {
    const stack = new Stack(unbundledApp(), 'Filled');
    const pipeline = new HealingPipeline(stack, 'Healing', {});
    const disks = { memory: {}, disk: { above: 80, path: '/data' } };
    pipeline.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), agent: false, ...disks });
    const template = Template.fromStack(stack);
    expect(policyIn(template, 'healing.Web-disk').fileSystem).toEqual({ path: '/data', above: 80 });
    expect(policyIn(template, 'healing.Web-memory')).not.toHaveProperty('fileSystem');
  });

  it('run exactly the file without its comments, with parameters as environment variables under anchored patterns', () => {
    const { Content } = deployed({ drills: true }).document ?? {};
    const script = deployedScript('stop-service.sh').join('\n');
    expect(Content.mainSteps.map(({ inputs }: { inputs: { runCommand: string[] } }) => inputs.runCommand.join('\n'))).toEqual([script]);
    const patterns = Object.values(Content.parameters as Record<string, { allowedPattern: string; interpolationType: string }>);
    for (const { allowedPattern, interpolationType } of patterns) {
      expect([interpolationType, allowedPattern]).toEqual(['ENV_VAR', expect.stringMatching(/^\^.*\$$/)]);
      for (const injected of ['$(reboot)', 'a; reboot', 'a\nreboot']) expect(injected).not.toMatch(new RegExp(allowedPattern));
    }
    const { allowedPattern } = Content.parameters.Minutes;
    const allowed = ['4', '5', '15', '59', '60', '61', '05', '600'].filter((minutes) => new RegExp(allowedPattern).test(minutes));
    expect(allowed).toEqual(['5', '15', '59', '60']);
  });
});
