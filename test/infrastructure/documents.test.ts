import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnostics } from '../../lambdas/diagnostics/registry.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import type { Remediator } from '../../lambdas/remediators/remediator.ts';
import { deployedScript } from '../../lib/deployed-script.ts';
import { completeTemplate, resources } from '../support/template.ts';

const documents = new Map(
  [...resources('AWS::SSM::Document', completeTemplate()).values()].map(({ Properties }) => [Properties.Name as string, Properties]),
);
const looking = diagnostics.flatMap(({ document }) => (document ? [{ name: 'diagnose', document }] : []));
const withDocument: readonly Pick<Remediator, 'name' | 'document'>[] = [
  ...Object.values(registry).filter(({ document }) => document !== undefined),
  ...looking,
];

interface Step {
  readonly name: string;
  readonly action: string;
  readonly precondition: unknown;
  readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly string[] };
}

const linux = { platform: 'Linux', action: 'aws:runShellScript', step: 'remedy', extension: 'sh' };
const windows = { platform: 'Windows', action: 'aws:runPowerShellScript', step: 'remedyOnWindows', extension: 'ps1' };

/** The scripts of a remedy, one for each platform that it knows. */
function scriptsOf(name: string) {
  return [linux, windows].flatMap((platform) => {
    const file = `${name}.${platform.extension}`;
    return existsSync(`${import.meta.dirname}/../../lib/documents/${file}`) ? [{ ...platform, text: deployedScript(file).join('\n') }] : [];
  });
}

it('there is one document for each remedy that has one, for the agents, for what looks before a hand-off and for the doctor, and for answers', () => {
  const remedies = withDocument.map(({ name }) => `healing-${name}`);
  expect([...documents.keys()].toSorted()).toEqual(
    [...remedies, 'healing-answer', 'healing-configure-agent', 'healing-look-at-node'].toSorted(),
  );
});

describe.each(withDocument.map((remediator) => [remediator.name, remediator] as const))('the document of %s', (name, { document }) => {
  const { Content, ...properties } = documents.get(`healing-${name}`) ?? {};
  const scripts = scriptsOf(name);

  it('is a Command document of schema 2.2 with a step for each platform that the remedy has a script for', () => {
    expect(properties).toMatchObject({ DocumentType: 'Command', UpdateMethod: 'NewVersion' });
    expect(Content.schemaVersion).toBe('2.2');
    const steps = (Content.mainSteps as Step[]).map((step) => [step.name, step.action, step.precondition]);
    expect(steps).toEqual(scripts.map(({ step, action, platform }) => [step, action, { StringEquals: ['platformType', platform] }]));
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

  it('runs exactly the files without their comments, in which no parameter stands as text', () => {
    expect((Content.mainSteps as Step[]).map(({ inputs }) => inputs.runCommand.join('\n'))).toEqual(scripts.map(({ text }) => text));
    for (const { text } of scripts) expect(text).not.toContain('{{');
  });

  it('reads every parameter', () => {
    const read = new Set(scripts.flatMap(({ text }) => [...text.matchAll(/\bSSM_(\w+)/g)].map(([, parameter]) => parameter)));
    expect(Object.keys(document?.parameters ?? {}).filter((parameter) => !read.has(parameter))).toEqual([]);
  });

  it('is ended by the agent after its time', () => {
    for (const { inputs } of Content.mainSteps as Step[]) {
      if (document?.bringsTimeLimit) expect(inputs.timeoutSeconds).toBe('{{ TimeLimitSeconds }}');
      const usual = document?.bringsTimeLimit ? Content.parameters.TimeLimitSeconds.default : inputs.timeoutSeconds;
      expect(usual).toBe(String(document?.timeoutSeconds));
    }
  });
});
