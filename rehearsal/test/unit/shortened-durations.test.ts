import { adaptTemplate } from '@self-healing/local-aws/deployment/assembly.ts';
import { describe, expect, it } from 'vitest';
import { shortenDurations } from '../../stage/shortened-durations.ts';

describe('adaptTemplate with a divisor', () => {
  const rule = (InputTemplate: unknown) => ({
    Type: 'AWS::Events::Rule',
    Properties: { Targets: [{ Arn: 'a', InputTransformer: { InputTemplate } }] },
  });
  const inputOf = (resource: unknown) =>
    (resource as ReturnType<typeof rule> | undefined)?.Properties.Targets[0]?.InputTransformer.InputTemplate;

  it.each([
    ['minutes', '{"cooldown":{"minutes":5}}', '{"cooldown":{"seconds":5}}'],
    ['hours', '{"budget":{"hours":1}}', '{"budget":{"seconds":60}}'],
    ['a fraction', '{"wait":{"minutes":1.5}}', '{"wait":{"seconds":2}}'],
    ['the age of files to a minute, as nobody can make a file older', '{"olderThan":{"days":1}}', '{"olderThan":{"seconds":60}}'],
    [
      'the time for an answer by ten only',
      '{"approval":{"within":{"minutes":15},"approvers":1},"storm":{"within":{"minutes":5}}}',
      '{"approval":{"within":{"seconds":90},"approvers":1},"storm":{"within":{"seconds":5}}}',
    ],
    ['less than a second', '{"settle":{"seconds":3}}', '{"settle":{"seconds":1}}'],
    ['no duration but an object with more keys', '{"x":{"minutes":5,"of":2}}', '{"x":{"minutes":5,"of":2}}'],
  ])('shortens %s', (_, before, after) => {
    const { template } = adaptTemplate({ Resources: { Rule: rule(before) } }, (template) => shortenDurations(template, 60));
    expect(inputOf(template.Resources?.Rule)).toBe(after);
  });

  it('shortens inside the pieces of a join and counts by unit', () => {
    const join = { 'Fn::Join': ['', ['{"a":{"minutes":10},"alarm":"', { Ref: 'Alarm' }, '","b":{"days":1}}']] };
    const { template, shortened } = adaptTemplate({ Resources: { Rule: rule(join) } }, (template) => shortenDurations(template, 60));
    expect(inputOf(template.Resources?.Rule)).toEqual({
      'Fn::Join': ['', ['{"a":{"seconds":10},"alarm":"', { Ref: 'Alarm' }, '","b":{"seconds":1440}}']],
    });
    expect(shortened).toEqual({ minutes: 1, days: 1 });
  });
});
