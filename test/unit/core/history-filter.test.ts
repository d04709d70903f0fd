import { anIncident, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { filterPattern, isWanted } from '../../../lambdas/core/history-filter.ts';
import { incidentLine } from '../../../lambdas/core/history-line.ts';
import { operatorLine } from '../../../lambdas/core/operator-action.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';

const line = incidentLine('outcome', anIncident(), 'restarted', NOW);

describe('a filter of the history', () => {
  it.each([
    [{}, undefined],
    [{ kinds: ['outcome', 'rejected'] as const }, '{ (($.kind = "outcome") || ($.kind = "rejected")) }'],
    [{ kinds: ['operator'] as const, policy: 'Web-memory' }, '{ (($.kind = "operator")) && ($.policy = "Web-memory") }'],
    [{ target: 'i-1' }, '{ (($.target = "i-1") || ($.target = "* i-1")) }'],
    [{ incident: 'ab' }, '{ ($.incident = "ab") }'],
    [
      { about: 'x' },
      '{ (($.target = "x") || ($.target = "* x") || ($.alarm = "x") || ($.policy = "x") || ($.incident = "x*") || ($.kind = "operator")) }',
    ],
  ])('%j is a pattern by which CloudWatch Logs picks the lines', (filter, pattern) => {
    expect(filterPattern(filter)).toBe(pattern);
  });

  it.each(['a"b', 'a\\b', 'a\nb', 'a'.repeat(1_000)])('reads everything where the words cannot stand in a pattern', (about) => {
    expect(filterPattern({ about })).toBeUndefined();
    expect(isWanted({ about }, { ...line, policy: about })).toBe(true);
  });

  it.each([
    [{}, true],
    [{ kinds: ['outcome'] as const }, true],
    [{ kinds: ['signal'] as const }, false],
    [{ policy: 'Web-memory' }, true],
    [{ policy: 'Web' }, false],
    [{ target: 'i-0aaaabbbbccccdddd' }, true],
    [{ target: 'instance i-0aaaabbbbccccdddd' }, true],
    [{ target: '0aaaabbbbccccdddd' }, false],
    [{ incident: 'a'.repeat(64) }, true],
    [{ incident: 'a' }, false],
    [{ about: 'aaaaaaaa' }, true],
    [{ about: 'bbbbbbbb' }, false],
  ])('%j takes the line of an end: %s', (filter, wanted) => {
    expect(isWanted(filter, line)).toBe(wanted);
  });

  it('lets what operators did pass with whatever somebody asks about', () => {
    expect(isWanted({ about: 'nothing' }, operatorLine({ action: 'pause', by: ANNA }, NOW))).toBe(true);
    expect(isWanted({ target: 'nothing' }, operatorLine({ action: 'pause', by: ANNA }, NOW))).toBe(false);
  });
});
