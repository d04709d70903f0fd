import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Rung } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, resources } from '../support/template.ts';

function templateOf(protection: Omit<FleetProtection, 'fleet'>, fleet = Fleet.tagged('SelfHeal', 'enabled')): Template {
  const stack = new Stack(unbundledApp(), 'Stack');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, ...protection });
  return Template.fromStack(stack);
}

/** The executable for which the alarm of the symptom looks. */
function watched(protection: Omit<FleetProtection, 'fleet'>): string | undefined {
  const alarms = [...resources('AWS::CloudWatch::Alarm', templateOf(protection)).values()];
  return /"?exe"? = '([^']+)'/.exec(JSON.stringify(alarms).replaceAll('\\"', '"'))?.[1];
}

function ladder(protection: Omit<FleetProtection, 'fleet'>, fleet?: Fleet): readonly Rung[] {
  const [rule] = [...resources('AWS::Events::Rule', templateOf(protection, fleet)).values()].flatMap(({ Properties }) => {
    const input = Properties.Targets[0]?.InputTransformer?.InputTemplate;
    return input === undefined ? [] : [JSON.parse(inText(input).replaceAll(/<[^<>]+>/g, 'null')).policy];
  });
  return rule.ladder;
}

describe('service-down: the process of a service', () => {
  it.each<[string, Omit<FleetProtection, 'fleet'>, string]>([
    ['has its name', { service: 'nginx', serviceDown: {} }, 'nginx'],
    ['has its name without .service', { service: 'nginx.service', serviceDown: {} }, 'nginx'],
    ['has another one, where that is given', { service: 'postgresql', serviceDown: { process: 'postgres' } }, 'postgres'],
    ['of an instance has the one that is given', { service: 'worker@1', serviceDown: { process: 'worker' } }, 'worker'],
    ['of the symptom alone', { serviceDown: { service: 'telegraf.service' } }, 'telegraf'],
  ])('%s', (_, protection, exe) => {
    expect(watched(protection)).toBe(exe);
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
  ])('%s is not known by that name', (service, words) => {
    expect(() => templateOf({ service, serviceDown: {} })).toThrow(words);
    expect(() => templateOf({ service, serviceDown: {} })).toThrow('serviceDown.process');
  });

  it('has no folder in its name', () => {
    expect(() => templateOf({ service: 'nginx', serviceDown: { process: '/usr/sbin/nginx' } })).toThrow('must be a name without a folder');
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
