import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../lambdas/remediators/registry.ts';
import { resources } from '../support/template.ts';

const documents = new Map([...resources('AWS::SSM::Document').values()].map(({ Properties }) => [Properties.Name as string, Properties]));
const withDocument = Object.values(registry).filter(({ document }) => document !== undefined);

it('there is one document for each remedy that has one', () => {
  expect([...documents.keys()].toSorted()).toEqual(withDocument.map(({ name }) => `healing-${name}`).toSorted());
});

describe.each(withDocument.map((remediator) => [remediator.name, remediator] as const))('the document of %s', (name, { document }) => {
  const { Content, ...properties } = documents.get(`healing-${name}`) ?? {};
  const script = readFileSync(`${import.meta.dirname}/../../lib/documents/${name}.sh`, 'utf8');

  it('is a Command document of schema 2.2 for Linux', () => {
    expect(properties).toMatchObject({ DocumentType: 'Command', UpdateMethod: 'NewVersion' });
    expect(Content.schemaVersion).toBe('2.2');
    expect(Content.mainSteps).toHaveLength(1);
    expect(Content.mainSteps[0].precondition).toEqual({ StringEquals: ['platformType', 'Linux'] });
  });

  it.each(Object.keys(document?.parameters ?? {}))(
    'hands %s to the script as an environment variable, within an anchored pattern',
    (parameter) => {
      const { type, interpolationType, allowedPattern, description } = Content.parameters[parameter];
      expect([type, interpolationType]).toEqual(['String', 'ENV_VAR']);
      expect(allowedPattern).toMatch(/^\^.*\$$/);
      expect(description).not.toBe('');
    },
  );

  it.each(['$(reboot)', '`reboot`', 'a; reboot', 'a\nreboot', 'a && reboot', '../../etc/passwd; x'])(
    'allows %j for no parameter',
    (injected) => {
      for (const { allowedPattern } of Object.values(document?.parameters ?? {})) expect(injected).not.toMatch(new RegExp(allowedPattern));
    },
  );

  it.each(Object.entries(document?.parameters ?? {}).filter(([, { default: usual }]) => usual !== undefined))(
    'allows its own default of %s',
    (_, { allowedPattern, default: usual = '' }) => {
      expect(usual).toMatch(new RegExp(allowedPattern));
    },
  );

  it('runs exactly the file, in which no parameter stands as text', () => {
    expect(Content.mainSteps[0].inputs.runCommand.join('\n')).toBe(script.trimEnd());
    expect(script).not.toContain('{{');
  });

  it('reads every parameter', () => {
    const read = new Set([...script.matchAll(/\bSSM_(\w+)/g)].map(([, parameter]) => parameter));
    expect(Object.keys(document?.parameters ?? {}).filter((parameter) => !read.has(parameter))).toEqual([]);
  });

  it('is ended by the agent after its time', () => {
    expect(Content.mainSteps[0].inputs.timeoutSeconds).toBe(String(document?.timeoutSeconds));
  });
});
