import { describe, expect, it } from 'vitest';
import { type CommandDocument, parseCommandDocument, resolveParameters } from '../../services/run-command/command-document.ts';
import { scriptSteps } from '../../services/run-command/command-script.ts';

const step = (name: string, inputs: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  action: 'aws:runShellScript',
  name,
  inputs: { runCommand: ['true'], ...inputs },
  ...more,
});

const parse = (content: Record<string, unknown>): CommandDocument =>
  parseCommandDocument(JSON.stringify({ schemaVersion: '2.2', mainSteps: [step('run', {})], ...content }));

const declared = parse({
  parameters: {
    Service: { type: 'String', allowedPattern: '^[a-z]+$', maxChars: 8 },
    Mode: { type: 'String', default: 'soft', allowedValues: ['soft', 'hard'] },
    Paths: { type: 'StringList', default: [] },
  },
});

describe('a Command document', () => {
  it.each([
    { case: 'text that is no JSON', content: 'schemaVersion: "2.2"' },
    { case: 'another schema version', content: JSON.stringify({ schemaVersion: '1.2', mainSteps: [step('run', {})] }) },
    { case: 'no steps', content: JSON.stringify({ schemaVersion: '2.2', mainSteps: [] }) },
    {
      case: 'a step without commands',
      content: JSON.stringify({ schemaVersion: '2.2', mainSteps: [{ action: 'a', name: 'n', inputs: {} }] }),
    },
  ])('is refused with $case', ({ content }) => {
    expect(() => parseCommandDocument(content)).toThrow(expect.objectContaining({ code: 'InvalidDocumentContent' }));
  });
});

describe('parameters', () => {
  it('take their defaults', () => {
    expect(resolveParameters(declared, { Service: ['web'] })).toEqual({ Service: ['web'], Mode: ['soft'], Paths: [] });
  });

  it.each<{ case: string; given: Record<string, string[]>; message: RegExp }>([
    { case: 'are unknown', given: { Service: ['web'], Extra: ['x'] }, message: /Extra is not defined/ },
    { case: 'are missing', given: {}, message: /Service is required/ },
    { case: 'break the pattern', given: { Service: ['web;id'] }, message: /does not match/ },
    { case: 'are too long', given: { Service: ['webservice'] }, message: /more than 8/ },
    { case: 'are not among the allowed values', given: { Service: ['web'], Mode: ['brutal'] }, message: /not one of soft, hard/ },
    { case: 'have two values where one is due', given: { Service: ['web', 'db'] }, message: /exactly one value/ },
  ])('are refused when they $case', ({ given, message }) => {
    expect(() => resolveParameters(declared, given)).toThrow(
      expect.objectContaining({ code: 'InvalidParameters', message: expect.stringMatching(message) }),
    );
  });
});

describe('the steps on a Linux node', () => {
  it('leave out steps for Windows and other actions', () => {
    const document = parse({
      mainSteps: [
        step('windows', {}, { action: 'aws:runPowerShellScript' }),
        step('elsewhere', {}, { precondition: { StringEquals: ['platformType', 'Windows'] } }),
        step('here', {}, { precondition: { StringEquals: ['platformType', 'Linux'] } }),
      ],
    });

    expect(scriptSteps(document, {}).map(({ name }) => name)).toEqual(['here']);
  });

  it('join the commands by newlines and allow an hour when nothing is said', () => {
    const document = parse({ mainSteps: [step('run', { runCommand: ['one', 'two'] })] });

    expect(scriptSteps(document, {})).toEqual([{ name: 'run', script: 'one\ntwo', environment: {}, timeoutSeconds: 3600 }]);
  });

  it('take their time limit from a parameter', () => {
    const document = parse({
      parameters: { Limit: { type: 'String', default: '7' } },
      mainSteps: [step('run', { timeoutSeconds: '{{ Limit }}' })],
    });

    expect(scriptSteps(document, resolveParameters(document, {}))[0]?.timeoutSeconds).toBe(7);
  });

  it('never put the value of an ENV_VAR parameter into the script', () => {
    const document = parse({
      parameters: { Service: { type: 'String', interpolationType: 'ENV_VAR' } },
      mainSteps: [step('run', { runCommand: 'restart "$SSM_Service" {{ Service }}' })],
    });

    const [only] = scriptSteps(document, { Service: ['$(id)'] });

    expect(only?.environment).toEqual({ SSM_Service: '$(id)' });
    expect(only?.script).toBe('restart "$SSM_Service" {{ Service }}');
  });
});
