import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources } from '../support/template.ts';

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
  };
}

const sends = (statements: readonly Statement[]) =>
  statements
    .filter(({ Action }) => [Action].flat().includes('ssm:SendCommand'))
    .map(({ Resource, Condition }) => [[Resource].flat().map((each) => inText(each).split(':').at(-1)), Condition]);

describe('drills for real', () => {
  it('are not deployed unless they are asked for', () => {
    const { statements, document, intake } = deployed({});
    expect(document).toBeUndefined();
    expect(sends(statements)).toEqual([]);
    expect(intake?.Properties.Environment.Variables).not.toHaveProperty('DRILLS_FOR_REAL');
  });

  it('are told to intake, which refuses them otherwise', () => {
    expect(deployed({ drills: true }).intake?.Properties.Environment.Variables).toHaveProperty('DRILLS_FOR_REAL');
  });

  it('may send the one document to the instances that are protected, and to no others', () => {
    expect(sends(deployed({ drills: true }).statements)).toEqual([
      [['document/healing-stop-service'], undefined],
      [['instance/*'], { StringEquals: { 'ssm:resourceTag/SelfHeal': ['enabled'] } }],
      [['instance/i-0123456789abcdef0'], undefined],
    ]);
  });

  it('run exactly the file, with parameters as environment variables under anchored patterns', () => {
    const { Content } = deployed({ drills: true }).document ?? {};
    const script = readFileSync(`${import.meta.dirname}/../../lib/documents/stop-service.sh`, 'utf8').trimEnd();
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
