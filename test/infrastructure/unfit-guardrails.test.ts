import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import type { GuardrailProps } from '../../lib/guardrails.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { DatabaseProtection } from '../../lib/protection.ts';
import { Remedy } from '../../lib/remedy.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { policyIn, statementsOf } from '../support/template.ts';

function fleet(guardrails: (stack: Stack) => GuardrailProps): Template {
  const stack = new Stack(unbundledApp(), 'Guarded');
  const healing = new HealingPipeline(stack, 'Healing');
  healing.protectFleet('Web', {
    fleet: Fleet.tagged('SelfHeal', 'enabled'),
    memory: { ladder: [Remedy.restartService('nginx'), Remedy.restartInstance()] },
    guardrails: guardrails(stack),
  });
  return Template.fromStack(stack);
}

const readsStatus = (template: Template) =>
  ['HealingTriage', 'Healingtriage'].some((role) =>
    statementsOf(role, template).some(({ actions }) => actions.includes('ec2:DescribeInstanceStatus')),
  );

describe('guardrails that are off unless they are set', () => {
  it('are in no policy without them', () => {
    const { guardrails } = policyIn(
      fleet(() => ({})),
      'healing.Web-memory',
    );
    for (const name of ['atLeastIll', 'secondOpinion', 'passOver']) expect(guardrails).not.toHaveProperty(name);
  });

  it('travel with the policy, an alarm by its name', () => {
    const template = fleet((stack) => ({
      atLeastIll: 2,
      secondOpinion: Alarm.fromAlarmName(stack, 'Probe', 'shop-unavailable'),
      passOverBelowPercent: 20,
    }));
    expect(policyIn(template, 'healing.Web-memory').guardrails).toMatchObject({
      atLeastIll: 2,
      secondOpinion: { kind: 'alarm', name: 'shop-unavailable' },
      passOver: { belowPercent: 20, tries: 10 },
    });
    expect(readsStatus(template)).toBe(false);
  });

  it('let triage read status checks where EC2 is asked for its opinion', () => {
    expect(readsStatus(fleet(() => ({ secondOpinion: 'status' })))).toBe(true);
  });

  it.each<[string, GuardrailProps, RegExp]>([
    ['as many ill members as make a storm', { atLeastIll: 10 }, /atLeastIll: 10 members are a storm already/],
    ['one ill member', { atLeastIll: 1 }, /atLeastIll/],
    ['fewer than ten uses', { passOverBelowPercent: 20, passOverTries: 9 }, /at least 10/],
    ['a share of nothing', { passOverBelowPercent: 0 }, /belowPercent/],
  ])('refuse %s', (_, guardrails, message) => {
    expect(() => fleet(() => guardrails)).toThrow(message);
  });

  it.each([{ passOverTries: 20 }, { passOverTries: 99 }])('refuse %j alone, by which nothing is judged', (guardrails) => {
    expect(() => fleet(() => guardrails)).toThrow('guardrails.passOverTries: means nothing without passOverBelowPercent');
  });

  it('refuse others that are ill beside a database, and the status of a group', () => {
    const healing = new HealingPipeline(new Stack(unbundledApp(), 'Guarded'), 'Healing');
    expect(() =>
      healing.protectDatabase('Orders', { database: Database.instance('orders'), cpu: {}, guardrails: { atLeastIll: 2 } }),
    ).toThrow(/atLeastIll: a target that is its own group/);
    expect(() =>
      healing.protectFleet('Shop', { fleet: Fleet.ofAutoScalingGroup('shop'), groupCpu: {}, guardrails: { secondOpinion: 'status' } }),
    ).toThrow(/secondOpinion: AWS says nothing of the health of a group/);
  });

  const orders = (guarded: Omit<DatabaseProtection, 'database' | 'guardrails'>, database = Database.instance('orders')) =>
    new HealingPipeline(new Stack(unbundledApp(), 'Guarded'), 'Healing').protectDatabase('Orders', {
      ...{ database, ...guarded },
      guardrails: { secondOpinion: 'status' },
    });

  it('refuse the status of a database before remedies that act on an available one alone', () => {
    const ladder = [Remedy.waitAndSee(), Remedy.rebootDatabase(), Remedy.failOverDatabase()];
    expect(() => orders({ connections: { above: 90, ladder } })).toThrow(
      /secondOpinion: RDS agrees only where the database is not available, in which reboot-database, fail-over-database never act; give an alarm/,
    );
  });

  it.each<[string, Parameters<typeof orders>]>([
    ['that grows a full one', [{ storage: { belowGibibytes: 10, ladder: [Remedy.growStorage({ ceilingGibibytes: 500 })] } }]],
    ['that only waits', [{ cpu: {} }]],
    [
      'of a cluster, whose writer may be ill while the cluster is available',
      [{ cpu: { ladder: [Remedy.failOverDatabase()] } }, Database.cluster('orders', 'aurora')],
    ],
  ])('let the status of a database be asked for by a ladder %s', (_, [guarded, database]) => {
    expect(() => orders(guarded, database)).not.toThrow();
  });
});

describe('the times of guardrails', () => {
  it.each<keyof GuardrailProps>(['flappingWithin', 'attemptsPer', 'breakerOpenFor', 'stormWithin', 'stormExitAfter', 'signalAtMost'])(
    'refuse no time at all as %s, since nothing would ever fall into it',
    (name) => {
      expect(() => fleet(() => ({ [name]: Duration.seconds(0) }))).toThrow(`guardrails.${name}: 0 s is not allowed: must be above 0`);
      expect(() => fleet(() => ({ [name]: Duration.seconds(1) }))).not.toThrow();
    },
  );

  it.each<[keyof GuardrailProps, Duration, string]>([
    ['cooldown', Duration.days(90), '90 days'],
    ['cooldownAtMost', Duration.days(90), '90 days'],
    ['flappingWithin', Duration.days(90), '90 days'],
    ['rungMemory', Duration.days(90), '90 days'],
    ['attemptsPer', Duration.days(90), '90 days'],
    ['stormWithin', Duration.hours(24), '24 h'],
    ['stormExitAfter', Duration.hours(24), '24 h'],
  ])('let %s look back as far as is kept, and no further', (name, most, words) => {
    expect(() => fleet(() => ({ [name]: most }))).not.toThrow();
    expect(() => fleet(() => ({ [name]: most.plus(Duration.seconds(1)) }))).toThrow(
      new RegExp(`guardrails\\.${name}: .* is not allowed: must be at most ${words}, as long as what it looks at is kept`),
    );
  });

  it('refuse looks that are further apart than an incident waits: it would never wait', () => {
    expect(() => fleet(() => ({ lookEvery: Duration.minutes(31) }))).toThrow(
      'guardrails.lookEvery: 31 min is not allowed: must be at most waitAtMost, 30 min, or an incident would never wait',
    );
    expect(() => fleet(() => ({ lookEvery: Duration.minutes(30) }))).not.toThrow();
    expect(() => fleet(() => ({ waitAtMost: Duration.seconds(0) }))).not.toThrow();
  });
});
