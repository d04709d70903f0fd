import { parseInsightsQuery } from '@self-healing/local-aws/services/cloudwatch/insights-query.ts';
import { runInsightsQuery } from '@self-healing/local-aws/services/cloudwatch/insights-run.ts';
import { MetricStore } from '@self-healing/local-aws/services/cloudwatch/metric-store.ts';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Policy, Rung } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { processPattern } from '../../lib/symptoms/process-pattern.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources } from '../support/template.ts';

function templateOf(protection: Omit<FleetProtection, 'fleet'>, fleet = Fleet.tagged('SelfHeal', 'enabled')): Template {
  const stack = new Stack(unbundledApp(), 'Stack');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, ...protection });
  return Template.fromStack(stack);
}

/** The alarm that reads the processes. */
function alarmOf(template: Template): Record<string, unknown> | undefined {
  return [...resources('AWS::CloudWatch::Alarm', template).values()]
    .map(({ Properties }) => Properties)
    .find((each) => JSON.stringify(each).includes('procstat_lookup_pid_count'));
}

function queryOf(template: Template): string {
  return (alarmOf(template) as { readonly Metrics: readonly { readonly Expression: string }[] }).Metrics[0]?.Expression ?? '';
}

/** The regular expression by which the agent finds the process. */
function watched(protection: Omit<FleetProtection, 'fleet'>): RegExp {
  const [association] = [...resources('AWS::SSM::Association', templateOf(protection)).values()];
  const configuration = JSON.parse(atob(association?.Properties.Parameters.Configuration[0]));
  return new RegExp(configuration.metrics.metrics_collected.procstat[0].exe);
}

function policies(template: Template): readonly Policy[] {
  return [...resources('AWS::Events::Rule', template).values()].flatMap(({ Properties }) => {
    const input = Properties.Targets[0]?.InputTransformer?.InputTemplate;
    return input === undefined ? [] : [JSON.parse(inText(input).replaceAll(/<[^<>]+>/g, 'null')).policy];
  });
}

function policyOf(protection: Omit<FleetProtection, 'fleet'>, fleet?: Fleet): Policy | undefined {
  return policies(templateOf(protection, fleet))[0];
}

const ladder = (...given: Parameters<typeof policyOf>): readonly Rung[] => policyOf(...given)?.ladder ?? [];

describe('service-down: the process of a service', () => {
  it.each<[string, Omit<FleetProtection, 'fleet'>, string]>([
    ['has its name', { service: 'nginx', serviceDown: {} }, 'nginx'],
    ['has its name without .service', { service: 'nginx.service', serviceDown: {} }, 'nginx'],
    ['has another one, where that is given', { service: 'postgresql', serviceDown: { process: 'postgres' } }, 'postgres'],
    ['of an instance has the one that is given', { service: 'worker@1', serviceDown: { process: 'worker' } }, 'worker'],
    ['of the symptom alone', { serviceDown: { service: 'telegraf.service' } }, 'telegraf'],
  ])('%s', (_, protection, exe) => {
    expect(`/usr/sbin/${exe}`).toMatch(watched(protection));
    expect('/usr/sbin/other').not.toMatch(watched(protection));
  });

  it.each([
    ['worker@1', 'is an instance of a template'],
    ['worker@1.service', 'is an instance of a template'],
    ['postgresql', 'such as process: "postgres"'],
    ['postgresql.service', 'such as process: "postgres"'],
    ['postgresql-15', 'such as process: "postgres"'],
    ['tomcat9', 'such as process: "java"'],
    ['php8.3-fpm', 'such as process: "php-fpm8.3"'],
    ['docker', 'such as process: "dockerd"'],
    ['gunicorn', 'such as process: "python3"'],
    ['pm2-ubuntu.service', 'such as process: "node"'],
    ['redis6', 'such as process: "redis6-server"'],
    ['SplunkForwarder', 'such as process: "splunkd"'],
  ])('%s is not known by that name', (service, words) => {
    expect(() => templateOf({ service, serviceDown: {} })).toThrow(words);
    expect(() => templateOf({ service, serviceDown: {} })).toThrow('serviceDown.process');
  });

  it('is what the policy says that it watches, so that a drill for real may stop it', () => {
    expect(policyOf({ service: 'nginx', serviceDown: { ladder: [Remedy.restartInstance()] } })?.service).toBe('nginx');
  });

  it('has no folder in its name', () => {
    expect(() => templateOf({ service: 'nginx', serviceDown: { process: '/usr/sbin/nginx' } })).toThrow('must be a name without a folder');
  });
});

describe('the alarm of a service', () => {
  const NOW = Date.UTC(2026, 0, 1);
  const own = 'healing/Web/1-of-1';
  const nginx = { service: 'nginx', serviceDown: {} };

  /** What the alarm sees of machines, from what their agents count by their configurations. */
  function seen(
    query: string,
    counted: readonly (readonly [id: string, exe: string, count: number])[],
  ): Readonly<Record<string, number | undefined>> {
    const metrics = new MetricStore();
    for (const [InstanceId, exe, count] of counted)
      metrics.put(
        'CWAgent',
        'procstat_lookup_pid_count',
        { InstanceId, SelfHealing: own, exe },
        { atMs: NOW - 1, sum: count, count: 1, min: count, max: count },
      );
    const { series } = runInsightsQuery(parseInsightsQuery(query), metrics, { endMs: NOW, periodMs: 60_000, slots: 1 }, () => ({})) as {
      readonly series: readonly {
        readonly attributes: Readonly<Record<string, string>>;
        readonly values: readonly (number | undefined)[];
      }[];
    };
    return Object.fromEntries(series.map(({ attributes, values }) => [attributes.InstanceId, values[0]]));
  }

  it('counts only the process that it names: no other one of a configuration that is to be changed, or was merged', () => {
    const pattern = processPattern('nginx');
    expect(
      seen(queryOf(templateOf(nginx)), [
        ['i-old', processPattern('apache2'), 0],
        ['i-well', pattern, 4],
        ['i-down', pattern, 0],
        ['i-both', pattern, 4],
        ['i-both', processPattern('apache2'), 0],
      ]),
    ).toEqual({ 'i-well': 4, 'i-down': 0, 'i-both': 4 });
  });

  it('is another one where the process is, and so is what the agents are watched for', () => {
    const [one, other] = [nginx, { service: 'haproxy', serviceDown: {} }].map((protection) => templateOf(protection));
    for (const template of [one, other]) expect(queryOf(template as Template)).toMatch(/"exe" = '[^']+'/);
    expect(queryOf(one as Template)).not.toBe(queryOf(other as Template));
  });

  it('is one of a metric for each instance of a list', () => {
    const template = templateOf(nginx, Fleet.ofInstances(['i-0123456789abcdef0']));
    const dimensions = alarmOf(template)?.Dimensions;
    expect(dimensions).toContainEqual({ Name: 'exe', Value: processPattern('nginx') });
    const [proof] = policies(template).flatMap((policy) => policy.proof ?? []);
    expect(proof).toMatchObject({ dimensions: { SelfHealing: own, exe: processPattern('nginx') } });
  });

  it('reads the name as it is where agents are left to the team, and synth says what those count', () => {
    const stack = new Stack(unbundledApp(), 'Stack');
    new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), ...nginx, agent: false });
    expect(queryOf(Template.fromStack(stack))).toContain(`"exe" = 'nginx'`);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('every process counts in whose path'))).toHaveLength(1);
  });
});

describe('where no process was seen', () => {
  const whenActive = (rungs: readonly Rung[]) => rungs.map(({ remedy, params }) => [remedy, params.whenActive]);

  it.each<[string, Omit<FleetProtection, 'fleet'>]>([
    ['by default', { service: 'nginx', serviceDown: {} }],
    ['in a ladder of the user', { service: 'nginx', serviceDown: { ladder: [Remedy.restartService('nginx')] } }],
    ['under the long name', { service: 'nginx.service', serviceDown: { ladder: [Remedy.restartService({ service: 'nginx' })] } }],
  ])('a service that is up is left alone %s', (_, protection) => {
    expect(whenActive(ladder(protection))).toEqual([['restart-service', 'hand-off']]);
  });

  it('another service is restarted, and the same where the user says so', () => {
    const rungs = [
      Remedy.restartService('pgbouncer'),
      Remedy.restartService({ service: 'nginx', whenActive: 'restart' }),
      Remedy.restartInstance(),
    ];
    expect(whenActive(ladder({ service: 'nginx', serviceDown: { ladder: rungs } }))).toEqual([
      ['restart-service', 'restart'],
      ['restart-service', 'restart'],
      ['restart-instance', undefined],
    ]);
  });

  it('a service that hangs is restarted for what shows that it hangs', () => {
    const group = Fleet.ofAutoScalingGroup('web', {
      loadBalancer: 'app/web/50dc6c495c0c9188',
      targetGroup: 'targetgroup/web/73e2d6bc24d8a067',
    });
    expect(whenActive(ladder({ service: 'nginx', unhealthyTargets: {} }, group))).toContainEqual(['restart-service', 'restart']);
  });
});

describe('what every node would refuse fails at synth', () => {
  const restart = (service: string) => () => templateOf({ memory: { ladder: [Remedy.restartService(service)] } });

  it.each([
    ...['sshd', 'ssh', 'sshd.service', 'amazon-ssm-agent', 'snap.amazon-ssm-agent.amazon-ssm-agent', 'systemd-journald', 'dbus-broker'],
    ...['NetworkManager', 'cloud-init', 'getty@tty1', 'user@1000', 'ecs-agent', 'AmazonSSMAgent', 'TermService', 'xenbus'],
  ])('%s is protected', (service) => {
    expect(restart(service)).toThrow(`ladder.0.restart-service.service: "${service}" is not allowed`);
    expect(() => templateOf({ memory: { ladder: [Remedy.reconnectSessions({ by: 'service', service })] } })).toThrow('is not allowed');
  });

  it.each(['nginx', 'dns', 'power', 'assh', 'my-systemd-helper', 'network-app', 'worker@1'])('%s is not', (service) => {
    expect(restart(service)).not.toThrow();
  });

  it.each(['worker@', 'worker@.service', 'nginx.socket', 'multi-user.target', 'backup.timer'])('%s is no service', (service) => {
    expect(restart(service)).toThrow('ladder.0.restart-service.service');
  });
});
