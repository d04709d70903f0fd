import { anInstance, aVolume } from '@self-healing/simulation/accounts.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../lambdas/core/duration.ts';
import type { Rung } from '../../lambdas/core/policy.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { longestAct, type Remediator } from '../../lambdas/remediators/remediator.ts';
import { type DocumentContent, documentProblems, stepSeconds, valueProblems } from '../support/document-rules.ts';
import { exampleApps, templatesOf } from '../support/example-stacks.ts';
import { inText, resources } from '../support/template.ts';

interface Found {
  readonly app: string;
  readonly name: string;
  readonly content: DocumentContent;
}

const templates = [...exampleApps.keys()].flatMap((app) => templatesOf(app).map((template) => ({ app, template })));
const documents: readonly Found[] = templates.flatMap(({ app, template }) =>
  [...resources('AWS::SSM::Document', template).values()].flatMap(({ Properties }) =>
    Properties.DocumentType !== 'Command'
      ? []
      : [
          {
            app,
            name: inText(Properties.Name),
            content: Properties.Content as DocumentContent,
          },
        ],
  ),
);
const remediators: readonly Remediator[] = Object.values(registry);
const contentOf = new Map(documents.map(({ name, content }) => [name.replace(/^[^-]+-/, ''), content]));

const rungs = templates.flatMap(({ app, template }) =>
  [...resources('AWS::Events::Rule', template).values()].flatMap(({ Properties }) => {
    const input = Properties.Targets[0]?.InputTransformer?.InputTemplate;
    if (input === undefined) return [];
    const { policy } = JSON.parse(inText(input).replaceAll(/<[^<>]+>/g, 'null')) as {
      policy?: { name: string; ladder: readonly Rung[] };
    };
    // Rules for notices say something else.
    return policy?.ladder.map((rung, position) => ({ app, policy: policy.name, position, rung })) ?? [];
  }),
);
const commands = rungs.filter(({ rung }) => remediators.find(({ name }) => name === rung.remedy)?.document);

describe('every Command document, by the rules of Systems Manager and its agent', () => {
  it('there are some in every example that heals, and the remedies have theirs among them', () => {
    expect([...new Set(documents.map(({ app }) => app))]).toEqual([...new Set(rungs.map(({ app }) => app))]);
    expect([...contentOf.keys()]).toEqual(expect.arrayContaining(remediators.flatMap(({ name, document }) => (document ? [name] : []))));
  });

  it.each(documents.map(({ app, name, content }) => [name, app, content] as const))('%s of %s can be run', (name, _, content) => {
    expect(documentProblems(name, content)).toEqual([]);
  });

  it.each(commands.map(({ app, policy, position, rung }) => [rung.remedy, position, policy, app, rung] as const))(
    '%s, rung %i of %s in %s, is sent what its document takes, and carries how long it may be under way',
    async (remedy, _position, _policy, _app, rung) => {
      const remediator = remediators.find(({ name }) => name === remedy);
      const content = contentOf.get(remedy);
      if (!remediator?.document || !content) throw new Error(`${remedy} has no document`);
      const sent = await sentBy(remediator, rung.params);
      if (sent) expect(valueProblems(content, sent)).toEqual([]);
      expect(rung.longest).toEqual(longestAct(remediator, remediator.params.parse(rung.params)));
      if (sent) expect(longestCommand(content, sent)).toBeLessThanOrEqual(milliseconds(rung.longest ?? { seconds: 0 }));
    },
  );
});

/** Thirty seconds until it is fetched, then the times of the steps of one platform; a script that asks for a reboot is run again. */
function longestCommand({ mainSteps, parameters = {} }: DocumentContent, sent: Readonly<Record<string, string>>): number {
  const seconds = [...Map.groupBy(mainSteps, ({ action }) => action).values()].map((steps) =>
    steps.reduce((sum, { inputs }) => {
      const reboots = /\bexit (194|3010)\b/.test([inputs.runCommand].flat().join('\n'));
      return sum + stepSeconds(inputs.timeoutSeconds, parameters, sent) * (reboots ? 2 : 1);
    }, 30),
  );
  return Math.max(...seconds) * 1_000;
}

/** The parameters that a remedy sends to a node whose agent answers; undefined where its command only looks, and its act is another one. */
async function sentBy(remediator: Remediator, params: unknown): Promise<Readonly<Record<string, string>> | undefined> {
  const acts = remediator.permissions.execute.flatMap(({ actions }) => actions).filter((action) => !action.startsWith('ssm:'));
  if (acts.length > 0 && !acts.includes('ec2:RebootInstances')) return undefined;
  const target = { kind: 'instance', id: 'i-0123456789abcdef0' } as const;
  const instance = { id: target.id, state: 'running', tags: {} };
  let sent: Readonly<Record<string, string>> | undefined;
  const send = async ({ parameters }: { parameters: Readonly<Record<string, string>> }) => {
    sent = parameters;
    return 'a-command';
  };
  // A remedy that only looks by its command does so before it plans.
  const { account, ports } = fakePorts();
  account.agents.set(target.id, 'online');
  account.instances.set(target.id, anInstance({ id: target.id }));
  account.volumes.set('vol-00000001', aVolume({ gibibytes: 1, attachedTo: [target.id] }));
  const devices = async () => ({ root: '/dev/xvda', volumes: { '/dev/xvda': 'vol-00000001', '/dev/sdf': 'vol-00000001' } });
  const look = async (request: Parameters<typeof send>[0]) => void (await send(request));
  const looking = { ...ports, volumes: { ...ports.volumes, devices }, commands: { ...ports.commands, look } };
  await remediator.observe(target, remediator.params.parse(params), looking as never, undefined, 'healing-document');
  if (sent) return sent;
  const plan = remediator.plan(
    { agent: 'online', instance, launchedAt: '2026-11-02T10:00:00Z', healthy: true },
    remediator.params.parse(params),
  );
  const token = `${'0'.repeat(64)}-1`;
  await remediator.execute({ target, plan, token, document: 'healing-document' }, { commands: { send } } as never);
  if (!sent) throw new Error(`${remediator.name} sent nothing: ${JSON.stringify(plan)}`);
  return sent;
}

describe('the rules', () => {
  const parameter = { type: 'String', interpolationType: 'ENV_VAR', allowedPattern: '^[a-z]+$', default: 'nginx' };
  const script = ['#!/bin/sh', 'echo "$SSM_Service" "$SSM_COMMAND_ID" "$AWS_SSM_REGION_NAME"'];
  const step = { name: 'remedy', action: 'aws:runShellScript', inputs: { timeoutSeconds: '60', runCommand: script } };
  const sound: DocumentContent = { schemaVersion: '2.2', parameters: { Service: parameter }, mainSteps: [step] };
  const withParameter = (changed: object): DocumentContent => ({ ...sound, parameters: { Service: { ...parameter, ...changed } } });
  const withStep = (changed: object): DocumentContent => ({ ...sound, mainSteps: [{ ...step, ...changed }] });
  const withScript = (...lines: readonly string[]) => withStep({ inputs: { ...step.inputs, runCommand: [...script, ...lines] } });

  it('let a sound document pass', () => {
    expect(documentProblems('healing-sound', sound)).toEqual([]);
  });

  it.each<[string, DocumentContent, string]>([
    ['nested counted repeats beyond a thousand', withParameter({ allowedPattern: '^([a-z]{1,200}){1,20}$' }), 'the agent cannot compile'],
    ['a counted repeat beyond a thousand', withParameter({ allowedPattern: '^[a-z]{1,1001}$' }), 'the agent cannot compile'],
    ['a look-ahead', withParameter({ allowedPattern: '^(?!root)[a-z]+$' }), 'the agent cannot compile'],
    ['a back reference', withParameter({ allowedPattern: '^([a-z])\\1*[a-z]+$' }), 'the agent cannot compile'],
    ['a pattern that is open at its end', withParameter({ allowedPattern: '^[a-z]+' }), 'is open at an end'],
    ['a default that the pattern refuses', withParameter({ default: 'NGINX' }), 'its default "NGINX" does not match'],
    ['a default that is not among the values', withParameter({ allowedValues: ['apache'] }), 'its default nginx is not allowed'],
    ['a list as an environment variable', withParameter({ type: 'StringList' }), 'only a String can be an environment variable'],
    ['a type that there is not', withParameter({ type: 'Text' }), 'there is no type Text'],
    ['a property that there is not', withParameter({ pattern: '^x$' }), 'has pattern, which schema 2.2 does not know'],
    [
      'a parameter that no script reads',
      { ...sound, parameters: { Service: parameter, Other: parameter } },
      'parameter Other: no script reads it',
    ],
    ['a parameter with a hyphen', { ...sound, parameters: { Service: parameter, 'a-b': parameter } }, 'letters and digits only'],
    ['a parameter that scripts would read as text', withParameter({ interpolationType: undefined }), 'which is no environment variable'],
    ['a variable that is no parameter', withScript('echo "$SSM_Unit"'), 'it reads SSM_Unit, which is no parameter'],
    ['braces in a script', withScript('echo {{Service}}'), 'the script has {{ in it'],
    ['a carriage return', withScript('true\r'), 'carriage return'],
    ['an action that there is not', withStep({ action: 'aws:runScript' }), 'there is no action aws:runScript'],
    ['an input that there is not', withStep({ inputs: { ...step.inputs, timeout: '60' } }), 'has timeout, which schema 2.2 does not know'],
    ['a time that the agent does not take', withStep({ inputs: { ...step.inputs, timeoutSeconds: '3' } }), 'makes an hour of the time 3'],
    [
      'a time by a parameter that takes more than digits',
      withStep({ inputs: { ...step.inputs, timeoutSeconds: '{{ Service }}' } }),
      'makes an hour of the time {{ Service }}',
    ],
    ['a time by a parameter that there is not', withStep({ inputs: { ...step.inputs, timeoutSeconds: '{{ Limit }}' } }), 'makes an hour'],
    ['no time', withStep({ inputs: { runCommand: script } }), 'makes an hour of the time undefined'],
    ['no script', withStep({ inputs: { timeoutSeconds: '60', runCommand: [] } }), 'it has no script'],
    ['two steps for any platform', { ...sound, mainSteps: [step, { ...step, name: 'again' }] }, 'it is not bound to Linux'],
    ['two steps of one name', { ...sound, mainSteps: [step, step] }, 'two steps have one name'],
    ['no step', { ...sound, parameters: {}, mainSteps: [] }, 'there is no step'],
    ['another schema', { ...sound, schemaVersion: '1.2' }, 'the schema is 1.2, not 2.2'],
    ['more than 64 KB', withScript('# '.padEnd(65_536, 'x')), 'larger than 64 KB'],
  ])('find %s', (_, broken, problem) => {
    expect(documentProblems('healing-broken', broken).join('\n')).toContain(problem);
  });

  it.each([
    ['aws-healing', "begins as only AWS's may"],
    ['Amazon-healing', "begins as only AWS's may"],
    ['he', 'is not allowed'],
  ])('find the name %s', (name, problem) => {
    expect(documentProblems(name, sound).join('\n')).toContain(problem);
  });

  it.each([
    [{ Service: 'NGINX' }, 'does not match'],
    [{ Service: 'nginx', Unit: 'x' }, 'Unit is no parameter'],
  ])('find the values %j', (sent, problem) => {
    expect(valueProblems(sound, sent).join('\n')).toContain(problem);
  });

  it('find a value that is left out and has no default', () => {
    expect(valueProblems(withParameter({ default: undefined }), {})).toEqual(['Service is not sent and has no default']);
  });
});
