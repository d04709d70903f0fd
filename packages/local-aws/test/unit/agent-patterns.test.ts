import { describe, expect, it } from 'vitest';
import { agentAccepts } from '../../services/run-command/agent-patterns.ts';
import { parseCommandDocument } from '../../services/run-command/command-document.ts';

const documentWith = (allowedPattern: string) =>
  parseCommandDocument(
    JSON.stringify({
      schemaVersion: '2.2',
      parameters: { Name: { type: 'String', default: 'web', allowedPattern } },
      mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['true'] } }],
    }),
  );

describe('the agent', () => {
  it.each([
    ['of letters', '^[a-z]+$', true],
    ['that repeats 1,000 times at most', '^[a-z]{1,1000}$', true],
    ['that is found somewhere in the value', 'e', true],
    ['that repeats more than 1,000 times', '^[a-z]{1,1001}$', false],
    ['whose nested repeats are more than 1,000', '^([a-z]{1,100}){1,11}$', false],
    ['that looks ahead', '^(?=w)web$', false],
    ['that looks behind', '(?<!-)web$', false],
    ['that refers back', '^(w)eb|\\1$', false],
    ['that does not fit the value', '^db$', false],
  ])('with a pattern %s (%s) runs the document: %s', (_, pattern, runs) => {
    expect(agentAccepts(documentWith(pattern), { Name: ['web'] })).toBe(runs);
  });
});
