import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../lambdas/core/policy.ts';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { DatabaseProtection, FleetProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { databaseSymptoms, fleetSymptoms } from '../../lib/symptoms/registry.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { policyIn, resources } from '../support/template.ts';

const INSTANCE = 'i-0123456789abcdef0';

const fleets = {
  tagged: Fleet.tagged('SelfHeal', 'enabled'),
  group: Fleet.ofAutoScalingGroup('web', { loadBalancer: 'app/web/0123456789abcdef', targetGroup: 'targetgroup/web/0123456789abcdef' }),
  instances: Fleet.ofInstances([INSTANCE]),
};

/** The policies of one pipeline; none where it refuses to watch the subject for the symptom. */
function policiesOf(protect: (healing: HealingPipeline, stack: Stack) => unknown): readonly Policy[] {
  const stack = new Stack(unbundledApp(), 'One', { env: { account: '111122223333', region: 'eu-west-1' } });
  try {
    protect(new HealingPipeline(stack, 'Healing'), stack);
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyError') return [];
    throw error;
  }
  const template = Template.fromStack(stack);
  return [...resources('AWS::Events::Rule', template).values()]
    .map(({ Properties }) => String(Properties.Name))
    .filter((name) => name.startsWith('healing.It'))
    .map((name) => policyIn(template, name));
}

/** Whatever a symptom needs to be watched at all. */
const given: Readonly<Record<string, object>> = {
  serviceDown: { service: 'nginx' },
  unhealthyTargets: { service: 'nginx' },
  connections: { above: 100 },
  memory: {},
  storage: { belowGibibytes: 10 },
};

const ofFleets = Object.keys(fleetSymptoms).flatMap((symptom) =>
  Object.entries(fleets).map(([kind, fleet]) => {
    const props = { fleet, [symptom]: given[symptom] ?? {} } as unknown as FleetProtection;
    return [`${symptom} of a fleet (${kind})`, policiesOf((healing) => healing.protectFleet('It', props))] as const;
  }),
);

const ofDatabases = Object.keys(databaseSymptoms).flatMap((symptom) =>
  (['instance', 'cluster'] as const).map((kind) => {
    const props = { [symptom]: symptom === 'memory' ? { belowMegabytes: 100 } : (given[symptom] ?? {}) };
    const policies = policiesOf((healing, stack) => {
      const vpc = new Vpc(stack, 'Vpc');
      const login = Secret.fromSecretCompleteArn(stack, 'Login', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf');
      const access = { engine: 'postgresql', host: 'orders.example.com', login: { secret: login }, vpc } as const;
      const database = kind === 'instance' ? Database.instance('orders', access) : Database.cluster('orders', 'aurora', access);
      healing.protectDatabase('It', { database, ...props } as DatabaseProtection);
    });
    return [`${symptom} of a database (${kind})`, policies] as const;
  }),
);

/** What is read of the target itself, and so needs no proof that it lives. */
function isReadOfItself({ evidence, targets }: Policy): boolean {
  return evidence?.kind === 'database-status' || evidence?.kind === 'status-check' || targets.kind === 'unhealthy-targets';
}

/** The names by which a target's own series are known. */
function namesOf({ targets }: Policy): readonly string[] {
  if (targets.kind === 'contributor') return [targets.attribute];
  if (targets.kind !== 'fixed') return [];
  switch (targets.target.kind) {
    case 'instance':
      return [targets.target.id];
    case 'auto-scaling-group':
      return [targets.target.name, 'targetgroup/web/0123456789abcdef'];
    case 'database':
    case 'database-cluster':
      return [targets.target.id, `database#${targets.target.id}`];
  }
}

const all = [...ofFleets, ...ofDatabases];

describe('what a symptom is read from is the target’s own', () => {
  const watched = all.filter(([, policies]) => policies.length > 0);

  it.each(watched)('%s', (_, policies) => {
    for (const policy of policies) {
      if (isReadOfItself(policy)) continue;
      const { proof } = policy;
      expect(proof, `${policy.name} has no proof of life`).toBeDefined();
      const known = [
        ...Object.values(proof?.dimensions ?? {}),
        ...(policy.targets.kind === 'contributor' ? [policy.targets.attribute] : []),
      ];
      expect(
        known.some((name) => namesOf(policy).some((own) => name === own || name.endsWith(own))),
        `${policy.name} proves life by ${JSON.stringify(proof)}`,
      ).toBe(true);
    }
  });

  it('covers every symptom, each of at least one kind of target', () => {
    for (const symptom of [...Object.keys(fleetSymptoms), ...Object.keys(databaseSymptoms)])
      expect(watched.filter(([name]) => name.startsWith(`${symptom} `)).length, symptom).toBeGreaterThan(0);
  });

  it('an instance is never read by the alarm of its group', () => {
    const ofMembers = watched
      .flatMap(([, policies]) => policies)
      .filter(({ targets }) => targets.kind === 'fixed' && targets.target.kind === 'instance');
    expect(ofMembers.length).toBeGreaterThan(0);
    for (const { proof } of ofMembers) expect(proof?.dimensions.InstanceId).toBe(INSTANCE);
  });
});

describe('an alarm of one’s own', () => {
  const custom = (props: Partial<ConstructorParameters<typeof Alarm>[2]>) =>
    policiesOf((healing, stack) => {
      const metric = new Metric({
        namespace: 'Shop',
        metricName: 'Errors',
        dimensionsMap: { InstanceId: INSTANCE },
        period: Duration.minutes(1),
      });
      const alarm = new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1, ...props });
      healing.heal('It', { alarm, target: Target.instance(INSTANCE), ladder: [Remedy.waitAndSee()] });
    })[0];

  it('proves by its metric that the target lives', () => {
    expect(custom({})?.proof).toEqual({
      namespace: 'Shop',
      metric: 'Errors',
      dimensions: { InstanceId: INSTANCE },
      within: { minutes: 5 },
    });
  });

  it('whose datapoints are rare is given the time for two of them', () => {
    const metric = new Metric({ namespace: 'Shop', metricName: 'Errors', period: Duration.minutes(5) });
    expect(custom({ metric })?.proof?.within).toEqual({ minutes: 15 });
  });

  it.each([
    ['is content with missing data', { treatMissingData: TreatMissingData.NOT_BREACHING }],
    ['ignores missing data', { treatMissingData: TreatMissingData.IGNORE }],
    ['is on a metric of another account', { metric: new Metric({ namespace: 'Shop', metricName: 'Errors', account: '999999999999' }) }],
  ])('that %s proves nothing', (_, props) => {
    expect(custom(props)).toMatchObject({ name: 'It' });
    expect(custom(props)?.proof).toBeUndefined();
  });
});

describe('a probation in which no proof can come', () => {
  const probation = (seconds: number) => () =>
    new HealingPipeline(new Stack(unbundledApp(), 'One'), 'Healing').protectFleet('Web', {
      fleet: fleets.tagged,
      memory: { probation: Duration.seconds(seconds) },
    });

  it.each([0, 30, 119])('is refused at synthesis: %i seconds', (seconds) => {
    expect(probation(seconds)).toThrow(
      new RegExp(`policy Web-memory[\\s\\S]*probation: ${seconds} seconds is not allowed: must be at least 120 seconds`),
    );
  });

  it('is allowed from two minutes on, and of what is read of the target itself always', () => {
    expect(probation(120)).not.toThrow();
    const healing = new HealingPipeline(new Stack(unbundledApp(), 'One'), 'Healing');
    expect(() => healing.protectFleet('Web', { fleet: fleets.tagged, systemStatus: { probation: Duration.seconds(30) } })).not.toThrow();
  });
});
