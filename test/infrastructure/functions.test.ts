import { expect, it } from 'vitest';
import { resources } from '../support/template.ts';

/** All but the one that the CDK brings along, which speaks with CloudFormation. */
const functions = [...resources('AWS::Lambda::Function')]
  .filter(([, { Properties }]) => !Properties.Handler.startsWith('framework.'))
  .map(([id, { Properties }]) => [Properties.FunctionName ?? id, Properties] as const);

it.each(functions)('%s runs on Node.js 24 on arm64, traced, with a log of its own', (_, properties) => {
  expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], TracingConfig: { Mode: 'Active' } });
  const log = resources('AWS::Logs::LogGroup').get(properties.LoggingConfig.LogGroup.Ref);
  expect(log?.Properties.LogGroupName).toBe(properties.FunctionName && `/aws/lambda/${properties.FunctionName}`);
});

it.each(functions)('%s is ended before the workflow gives it up', (_, properties) => {
  expect(properties.Timeout).toBeLessThan(90);
});

/** By their logical ids. */
const scheduled = new Set(
  [...resources('AWS::Events::Rule').values()]
    .filter(({ Properties }) => /^rate\(\d minutes?\)$/.test(Properties.ScheduleExpression))
    .flatMap(({ Properties }) => Properties.Targets.map(({ Arn }: { readonly Arn: object }) => JSON.stringify(Arn))),
);

it('has three fifths of a core for what works at an incident, and little for what runs every few minutes', () => {
  const memory = [...resources('AWS::Lambda::Function')]
    .filter(([, { Properties }]) => !Properties.Handler.startsWith('framework.'))
    .map(([id, { Properties }]) => [scheduled.has(JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] })), Properties.MemorySize]);
  expect(memory.filter(([runs]) => runs).length).toBeGreaterThan(0);
  expect(memory.filter(([runs, megabytes]) => megabytes !== (runs ? 256 : 1_024))).toEqual([]);
});
