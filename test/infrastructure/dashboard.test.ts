import { execFileSync } from 'node:child_process';
import { aRung, HOUR, MINUTE, waitRung } from '@self-healing/simulation/builders.ts';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HistoryLine, historyFields, historyKinds } from '../../lambdas/core/history-line.ts';
import { operatorLine } from '../../lambdas/core/operator-action.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { savedQueries } from '../../lib/queries/registry.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { readQuery, valueAt } from '../support/logs-insights.ts';
import { aFault, fleetOf, fleetPolicy, member, simulated } from '../support/outage-stage.ts';
import { inText, onlyResource, resources } from '../support/template.ts';

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly query?: string;
    readonly metrics?: readonly unknown[][];
    readonly alarms?: readonly string[];
  };
}

const body = JSON.parse(inText(onlyResource('AWS::CloudWatch::Dashboard').Properties.DashboardBody)) as {
  readonly widgets: readonly Widget[];
};
const saved = [...resources('AWS::Logs::QueryDefinition').values()].map(({ Properties }) => Properties);

/** What the real steps write: repairs that help, help not and do not apply, a pause, an open breaker and an operator. */
let lines: readonly HistoryLine[] = [];

beforeAll(async () => {
  const ladder = [waitRung, aRung({ remedy: 'replace-instance', params: {} }), aRung()];
  const guardrails = { breaker: { failures: 1, openFor: { hours: 1 } }, blastRadius: { percent: 10, members: 1, zonePercent: 100 } };
  const { lines: written } = await simulated({
    instances: fleetOf(40),
    policies: [fleetPolicy({ ladder, guardrails })],
    faults: [
      aFault({ curedBy: ['restart-service'] }),
      aFault({ target: member(4), curedBy: ['restart-service'] }),
      aFault({ target: member(1), at: HOUR }),
      aFault({ target: member(2), at: HOUR + 5 * MINUTE, curedBy: ['restart-service'] }),
      aFault({ target: member(3), at: 4 * HOUR, curedBy: ['restart-service'], deliveries: [0, 1_000] }),
    ],
  });
  lines = [...written, operatorLine({ action: 'pause', by: 'arn:aws:iam::123456789012:user/anna', why: 'a deployment' }, 0)];
});

describe('the saved queries', () => {
  it.each(savedQueries)('$name finds lines that the steps write, and every field that it uses on them', ({ lines: query }) => {
    const { filter, fields, absent } = readQuery(query);
    const found = filter(lines);
    expect(found).not.toEqual([]);
    for (const field of fields.filter((name) => !absent.includes(name)))
      expect(
        found.some((line) => valueAt(line, field) !== undefined),
        field,
      ).toBe(true);
  });

  it.each(savedQueries)('$name uses documented fields of the history alone', ({ lines: query }) => {
    const known = ['at', 'kind', 'policy', 'text', 'incident', 'symptom', 'target', 'alarm', ...Object.keys(historyFields)];
    expect(readQuery(query).fields.filter((field) => !known.includes(field.split('.')[0] ?? ''))).toEqual([]);
  });

  it('ask for kinds of lines that there are', () => {
    const kinds = savedQueries.flatMap(({ lines: [filter = ''] }) => [
      ...filter.matchAll(/^filter kind (?:= |in \[)([^\]]*?)(?:\]| and |$)/g),
    ]);
    const named = kinds.flatMap(([, list = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, kind]) => kind));
    expect(kinds).toHaveLength(savedQueries.length);
    expect(named.filter((kind) => !Object.keys(historyKinds).includes(kind ?? ''))).toEqual([]);
  });

  it('find no line of a drill, but for the acts that it spends the budget on', () => {
    const drilled = lines.map((line) => ({ ...line, drill: '0123456789abcdef' }));
    const finding = savedQueries.filter(({ lines: query }) => readQuery(query).filter(drilled).length > 0);
    expect(finding.map(({ name }) => name)).toEqual(['Acts by hour, of which the budget is counted']);
  });

  it('count every remedy as an act but those that change nothing', () => {
    const acts = savedQueries.find(({ name }) => name.startsWith('Acts by hour'))?.lines[0] ?? '';
    const idle = Object.values(registry).flatMap(({ name, acts: changes }) => (changes ? [] : [name]));
    expect([...acts.matchAll(/remedy != "([^"]+)"/g)].map(([, name]) => name)).toEqual(idle);
  });

  it('are the ones on the dashboard, in a folder of the pipeline', () => {
    const shown = body.widgets.flatMap(({ properties: { query, title } }) => (query ? [{ query, title }] : []));
    expect(saved.map(({ Name, QueryString }) => ({ Name, QueryString })).toSorted((a, b) => a.Name.localeCompare(b.Name))).toEqual(
      shown
        .map(({ query, title }) => ({ Name: `self-healing/healing/${title}`, QueryString: query.replace(/^SOURCE '.*?' \| /, '') }))
        .toSorted((a, b) => a.Name.localeCompare(b.Name)),
    );
    expect(shown.filter(({ query }) => !/^SOURCE '\$\{HealingHistory\w+\}' \| filter /.test(query))).toEqual([]);
    expect(saved.flatMap(({ LogGroupNames }) => LogGroupNames.map(inText))).toEqual(saved.map(() => expect.stringContaining('History')));
  });

  it('are read only as far as they are understood', () => {
    expect(() => readQuery(['fields at'])).toThrow('does not begin');
    expect(() => readQuery(['filter kind = "outcome', 'limit 1'])).toThrow('not closed');
    expect(() => readQuery(['filter kind = "outcome"', 'stats median(x)'])).toThrow('no function: median');
    expect(() => readQuery(['filter kind = "outcome"', 'stats max(x'])).toThrow('parentheses');
    expect(() => readQuery(['where kind = "outcome"'])).toThrow('no command');
  });
});

describe('the dashboard', () => {
  it('shows no metric of the pipeline but those that its functions send, with the same dimensions', () => {
    const code = `import * as of from '${import.meta.dirname}/../../lambdas/adapters/cloudwatch/metrics.ts';
      const sweep = of.sweepMetrics('healing'); sweep.heartbeat(); sweep.repairs(1);`;
    const written = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', code], { encoding: 'utf8' });
    const sent = written.trim().split('\n').flatMap(seriesIn);
    const shown = body.widgets.flatMap(({ properties: { metrics = [] } }) => metrics).filter(([namespace]) => namespace === 'SelfHealing');
    expect(shown).not.toEqual([]);
    for (const series of shown) expect(sent).toContain(series.filter((part) => typeof part === 'string').join(' '));
  });

  it('shows metrics of AWS of the workflow and the queue of this stack alone', () => {
    const shown = body.widgets.flatMap(({ properties: { metrics = [] } }) => metrics).filter(([namespace]) => namespace !== 'SelfHealing');
    const [workflow] = resources('AWS::StepFunctions::StateMachine').keys();
    const [queue] = [...resources('AWS::SQS::Queue').keys()].filter((id) => id.includes('DeadLetters'));
    expect(new Set(shown.map(([namespace, , dimension, value]) => `${namespace} ${dimension} ${value}`))).toEqual(
      new Set([`AWS/States StateMachineArn \${${workflow}}`, `AWS/SQS QueueName \${${queue}.QueueName}`]),
    );
  });

  it('shows every alarm of the pipeline about itself, those of fleets that were added later, too', () => {
    const own = [...resources('AWS::CloudWatch::Alarm')].filter(([, { Properties }]) =>
      inText(Properties.AlarmName).startsWith('healing-watch-'),
    );
    const shown = body.widgets.flatMap(({ properties: { alarms = [] } }) => alarms);
    expect(shown.toSorted()).toEqual(own.map(([id]) => `\${${id}.Arn}`).toSorted());
  });

  it('is left out where that is asked for, and the queries and links stay', () => {
    const template = templateOf({ dashboard: false });
    expect(resources('AWS::CloudWatch::Dashboard', template).size).toBe(0);
    expect(resources('AWS::Logs::QueryDefinition', template).size).toBe(savedQueries.length);
    expect(Object.keys(template.findOutputs('*')).some((name) => name.includes('Dashboard'))).toBe(false);
  });

  it('has a name of its own in each Region, since an account has one list of them', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of CloudFormation
    expect(inText(onlyResource('AWS::CloudWatch::Dashboard').Properties.DashboardName)).toBe('self-healing-healing-${AWS::Region}');
  });
});

describe('the outputs of the stack', () => {
  it('are links to dashboard, history, workflow and topic, and the policy of the operators', () => {
    const outputs = Object.entries(templateOf({}).findOutputs('*')).map(([id, { Value }]) => [id, inText(Value)] as const);
    const linkTo = (name: string) => outputs.find(([id]) => id.startsWith(`HealingLinks${name}`))?.[1] ?? '';
    // biome-ignore lint/suspicious/noTemplateCurlyInString: references of CloudFormation
    const console = 'https://${AWS::Region}.';
    for (const name of ['Dashboard', 'History', 'Workflow', 'Topic']) expect(linkTo(name).startsWith(console), name).toBe(true);
    expect(linkTo('Dashboard')).toContain('#dashboards/dashboard/');
    expect(linkTo('History')).toMatch(/#logsV2:log-groups\/log-group\/\$252Fself-healing\$252Fhealing\$252Fhistory$/);
    expect(linkTo('Workflow')).toMatch(/#\/statemachines\/view\/\$\{HealingWorkflow\w+\}$/);
    expect(linkTo('Topic')).toMatch(/#\/topic\/\$\{HealingNotifications\w+\}$/);
    expect(linkTo('OperatorsPolicy')).toMatch(/^\$\{HealingOperators\w+\}$/);
  });
});

function templateOf(props: HealingPipelineProps): Template {
  const stack = new Stack(unbundledApp(), 'Seen');
  new HealingPipeline(stack, 'Healing', props).protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), memory: {} });
  return Template.fromStack(stack);
}

/** The series in a line of the embedded metric format, each as namespace, metric and dimensions. */
function seriesIn(text: string): readonly string[] {
  const { _aws, ...values } = JSON.parse(text);
  return _aws.CloudWatchMetrics.flatMap(
    ({ Namespace, Dimensions, Metrics }: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }) =>
      Dimensions.flatMap((names) =>
        Metrics.map(({ Name }) => [Namespace, Name, ...names.flatMap((name) => [name, values[name]])].join(' ')),
      ),
  );
}
