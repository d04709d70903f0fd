import { expect, it } from 'vitest';
import { resources } from '../support/template.ts';

const functions = [...resources('AWS::Lambda::Function').values()].map(
  ({ Properties }) => [Properties.FunctionName as string, Properties] as const,
);

it.each(functions)('%s runs on Node.js 24 on arm64, traced, with a log of its own', (name, properties) => {
  expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], TracingConfig: { Mode: 'Active' } });
  const logs = [...resources('AWS::Logs::LogGroup').values()].map(({ Properties }) => Properties.LogGroupName);
  expect(logs).toContain(`/aws/lambda/${name}`);
});

it.each(functions)('%s is ended before the workflow gives it up', (_, properties) => {
  expect(properties.Timeout).toBeLessThan(90);
});
