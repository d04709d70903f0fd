import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';

const tagged = Fleet.tagged('SelfHeal', 'enabled');
const group = Fleet.ofAutoScalingGroup('web');

function pipeline(name?: string): HealingPipeline {
  return new HealingPipeline(new Stack(unbundledApp(), 'Stack'), 'Healing', name === undefined ? {} : { name });
}

type Wrong = Record<string, unknown>;
const fleet =
  (props: Wrong, members = tagged) =>
  () =>
    pipeline().protectFleet('Web', { fleet: members, ...props } as unknown as FleetProtection);
const database = (props: Wrong) => () => pipeline().protectDatabase('Orders', { database: Database.instance('orders'), ...props });
const heal =
  (ladder: readonly ReturnType<typeof Remedy.waitAndSee>[], target = Target.database('orders')) =>
  () => {
    const healing = pipeline();
    const alarm = new Alarm(healing, 'Any', {
      metric: new Metric({ namespace: 'X', metricName: 'y' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    healing.heal('Custom', { alarm, target, ladder });
  };

describe('a wrong policy fails synthesis and names policy, path, value and what is allowed', () => {
  it.each<[string, () => unknown, string[]]>([
    ['a threshold of 150 %', fleet({ memory: { above: 150 } }), ['policy Web-memory', 'memory.above', '150', 'must be below 100 percent']],
    ['a threshold of 0 %', fleet({ cpu: { above: 0 } }), ['policy Web-cpu', 'cpu.above', '0', 'must be above 0 percent']],
    ['an empty ladder', fleet({ memory: { ladder: [] } }), ['policy Web-memory', 'policy.ladder', '[]', 'needs at least one rung']],
    ['an unknown symptom', fleet({ memroy: {} }), ['policy Web', 'memroy is not a symptom', 'cpu, memory, disk']],
    ['no symptom at all', fleet({}), ['policy Web', 'names no symptom', 'cpu, memory, disk']],
    ['an unknown option of a symptom', fleet({ memory: { over: 90 } }), ['policy Web-memory', 'memory', 'over']],
    [
      'an unknown parameter of a remedy',
      fleet({ memory: { ladder: [Remedy.waitAndSee(), Remedy.clearCaches({ folders: ['/tmp'] } as object)] } }),
      ['policy Web-memory', 'ladder.1.clear-caches', 'folders'],
    ],
    [
      'a wrong parameter of a remedy',
      fleet({ memory: { ladder: [Remedy.restartService('nginx; reboot')] } }),
      ['policy Web-memory', 'ladder.0.restart-service.service', '"nginx; reboot"', 'must be the name of a service'],
    ],
    ...(
      [
        ['/etc', 'it belongs to the system'],
        ['/usr/local/tmp', 'it belongs to the system'],
        ['/var/lib/mysql/tmp', 'it belongs to an engine'],
        ['/home/app/.ssh/tmp', 'it holds credentials'],
        ['/srv/tmp', 'it is too close to the root'],
        ['/srv/app/templates', 'it is not called a temporary or cache folder'],
        ['/srv/app/../../etc/tmp', 'it is not a plain path'],
        ['/var/cache', 'it is too close to the root'],
      ] as const
    ).map(([folder, why]): [string, () => unknown, string[]] => [
      `the folder ${folder}, which the script refuses on any machine`,
      fleet({ disk: { ladder: [Remedy.clearCaches({ paths: ['/var/cache/nginx', folder] })] } }),
      ['policy Web-disk', 'ladder.0.clear-caches.paths.1', JSON.stringify(folder), why],
    ]),
    ...(
      [
        ['C:\\Logs', 'it is too close to the root'],
        ['C:\\Data\\Templates', 'it is not called a temporary or cache folder'],
        ['C:\\Data\\Temp\\..\\Files', 'it is not a plain path'],
      ] as const
    ).map(([folder, why]): [string, () => unknown, string[]] => [
      `the folder ${folder}, which the script refuses on any machine with Windows`,
      fleet({ disk: { ladder: [Remedy.clearCaches({ windowsPaths: ['C:\\Windows\\Temp', 'D:\\App\\CACHE-2', folder] })] } }),
      ['policy Web-disk', 'ladder.0.clear-caches.windowsPaths.2', JSON.stringify(folder), why],
    ]),
    ...['/srv/', '/srv/../data', '//srv', '/srv/./data'].flatMap((path): [string, () => unknown, string[]][] => [
      [
        `the mount point ${path} of a file system, which the script refuses on any machine`,
        fleet({ disk: { ladder: [Remedy.growFileSystem({ path })] } }),
        ['policy Web-disk', 'ladder.0.grow-file-system.path', JSON.stringify(path), 'without a slash at the end'],
      ],
      [
        `the mount point ${path} of a volume`,
        fleet({ disk: { ladder: [Remedy.growVolume({ ceilingGibibytes: 100, path })] } }),
        ['policy Web-disk', 'ladder.0.grow-volume.path', JSON.stringify(path), 'without a slash at the end'],
      ],
    ]),
    ...(
      [
        ['/opt/../reconnect', 'without a slash at the end'],
        ['/opt//reconnect', 'without a slash at the end'],
        ['/opt/reconnect/', 'without a slash at the end'],
        ['/var/tmp/reconnect', 'it lies where others than root may write'],
      ] as const
    ).map(([hook, why]): [string, () => unknown, string[]] => [
      `the program ${hook}, which the script runs on no machine`,
      fleet({ memory: { ladder: [Remedy.reconnectSessions({ by: 'hook', hook })] } }),
      ['policy Web-memory', 'ladder.0.reconnect-sessions.hook', JSON.stringify(hook), why],
    ]),
    [
      'more folders of Windows than fit beside the document',
      fleet({
        disk: {
          ladder: [
            Remedy.clearCaches({
              windowsPaths: Array.from({ length: 20 }, (_, index) => `D:\\${index}${'x'.repeat(98)}\\${'y'.repeat(50)}`),
            }),
          ],
        },
      }),
      ['policy Web-disk', 'ladder.0.clear-caches.windowsPaths', '"D:', 'must be at most 3000 characters together'],
    ],
    [
      'a wait of a day, for whose looks an execution has no events',
      fleet({ disk: { ladder: [Remedy.clearCaches()], guardrails: { waitAtMost: Duration.hours(24) } } }),
      ['policy Web-disk', 'policy.guardrails.waitAtMost: 86400 s is not allowed', 'every 30 s', 'must be at most'],
    ],
    [
      'a wait that outlasts the day of an incident',
      fleet({ disk: { guardrails: { waitAtMost: Duration.hours(25), lookEvery: Duration.minutes(5) } } }),
      ['policy Web-disk', 'policy.guardrails.waitAtMost: 90000 s is not allowed', 'must be at most'],
    ],
    [
      'looks without a pause between them',
      fleet({ disk: { guardrails: { lookEvery: Duration.seconds(0) } } }),
      ['policy Web-disk', 'policy.guardrails.lookEvery: 0 s is not allowed', 'must be at least 57 s'],
    ],
    [
      'a runbook that may run for longer than can be looked at so often',
      fleet({
        disk: {
          ladder: [
            Remedy.runRunbook({ document: 'Tidy', assumeRole: 'arn:aws:iam::111122223333:role/tidy', longest: { hours: 12 } }),
            Remedy.runRunbook({ document: 'Tidy', assumeRole: 'arn:aws:iam::111122223333:role/tidy', longest: { hours: 12 } }),
          ],
        },
      }),
      ['policy Web-disk', 'policy.guardrails.lookEvery: 30 s is not allowed', 'must be at least 57 s'],
    ],
    [
      'capacity that would be looked at every half minute for a day',
      fleet({ groupCpu: { ladder: [Remedy.addCapacity({ giveBackAfter: { seconds: 1 } })] } }, group),
      ['policy Web-group-cpu', 'policy.ladder', 'lengthen giveBackAfter or lookEvery'],
    ],
    [
      'a remedy on the wrong kind of target',
      fleet({ memory: { ladder: [Remedy.rebootDatabase()] } }),
      ['policy Web-memory', 'ladder.0', 'reboot-database acts on database, database-cluster, not on instance'],
    ],
    [
      'a remedy on the wrong kind of target of any alarm',
      heal([Remedy.addCapacity()]),
      ['policy Custom', 'ladder.0', 'acts on auto-scaling-group, not on database'],
    ],
    [
      'an id that is no instance id',
      heal([Remedy.waitAndSee()], Target.instance('web-1')),
      ['policy Custom', 'policy.targets.target.id', '"web-1"', 'i-0123456789abcdef0'],
    ],
    [
      'half a minute',
      fleet({ cpu: { sustainedFor: Duration.seconds(30) } }),
      ['policy Web-cpu', 'cpu.sustainedFor', 'whole minutes from 1 to 180'],
    ],
    [
      'a blast radius of 0 %',
      fleet({ memory: {}, guardrails: { blastRadiusPercent: 0 } }),
      ['policy Web-memory', 'policy.guardrails.blastRadius.percent', '0'],
    ],
    ['no attempts', fleet({ memory: { guardrails: { attempts: 0 } } }), ['policy Web-memory', 'policy.guardrails.attempts.most', '0']],
    [
      'a time zone that is none',
      fleet({ memory: {}, guardrails: { protectedWindows: [{ from: '22:00', to: '06:00', timeZone: 'Berlin' }] } }),
      ['policy Web-memory', 'policy.guardrails.protectedWindows.0.timeZone', '"Berlin"', 'must be a time zone such as Europe/Berlin'],
    ],
    [
      'a fleet of none',
      fleet({ memory: { guardrails: { largestFleet: 0 } } }),
      ['policy Web-memory', 'policy.guardrails.largestFleet', '0'],
    ],
    ['a runbook that is no address', fleet({ memory: {}, runbook: 'ask Ada' }), ['policy Web-memory', 'policy.runbook', '"ask Ada"']],
    [
      'a service to watch without its name',
      fleet({ serviceDown: {} }),
      ['policy Web-service-down', 'serviceDown.service', 'name the service'],
    ],
    ['group CPU of a tagged fleet', fleet({ groupCpu: {} }), ['policy Web-group-cpu', 'groupCpu', 'only an Auto Scaling group']],
    [
      'response time without a load balancer',
      fleet({ responseTime: {} }, group),
      ['policy Web-response-time', 'responseTime', 'load balancer'],
    ],
    [
      'connections above nothing',
      database({ connections: { above: 0 } }),
      ['policy Orders-connections', 'connections.above', '0', 'at least 1 connection'],
    ],
    ...[600, 500].map((belowGibibytes): [string, () => unknown, string[]] => [
      `free storage below ${belowGibibytes} GiB, of at most 500`,
      database({ storage: { belowGibibytes, ladder: [Remedy.waitAndSee(), Remedy.growStorage({ ceilingGibibytes: 500 })] } }),
      [
        'policy Orders-storage',
        `storage: belowGibibytes: ${belowGibibytes} is not allowed`,
        'must be below ceilingGibibytes of growStorage, 500',
      ],
    ]),
    [
      'a pipeline name that AWS would not take',
      () => pipeline('no spaces'),
      ['policy Healing', 'name', '"no spaces"', 'letters, digits and hyphens'],
    ],
    [
      "a pipeline whose documents would be named as only AWS's may",
      () => pipeline('aws-heal'),
      ['policy Healing', 'name', '"aws-heal"', 'must not begin with aws'],
    ],
    ['a pipeline name that is too long', () => pipeline('x'.repeat(21)), ['policy Healing', 'name', '20']],
  ])('%s', (_, make, words) => {
    expect(make).toThrow();
    const message = messageOf(make);
    for (const word of words) expect(message).toContain(word);
  });

  it('names every problem of a policy at once', () => {
    const message = messageOf(fleet({ memory: { guardrails: { attempts: 0, blastRadiusPercent: 200 } } }));
    expect(message.split('\n')).toHaveLength(3);
  });

  it('refuses two policies of one name', () => {
    const healing = pipeline();
    const alarm = new Alarm(healing, 'Any', {
      metric: new Metric({ namespace: 'X', metricName: 'y' }),
      threshold: 1,
      evaluationPeriods: 1,
    });
    const props = { alarm, target: Target.database('orders'), ladder: [Remedy.waitAndSee()] };
    healing.heal('Custom', props);
    expect(() => healing.heal('Custom', props)).toThrow('there is another policy of this name');
  });

  it('refuses a pipeline that protects nothing', () => {
    const app = unbundledApp();
    new HealingPipeline(new Stack(app, 'Stack'), 'Healing');
    expect(() => app.synth()).toThrow('protects nothing');
  });
});

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was thrown';
}
