import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import type { Account } from '../../bin/heal/doctor/account.ts';
import type { Check } from '../../lambdas/core/doctor/check.ts';
import type { Finding } from '../../lambdas/core/doctor/finding.ts';
import type { Readings } from '../../lambdas/core/doctor/readings.ts';
import type { Group } from '../../lambdas/core/policy.ts';

export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:healing-notifications';
export const LINKS = 'arn:aws:sns:eu-west-1:111122223333:SelfHealing-anna';
export const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:SelfHealing-DeadLetters';
export const PROFILE = 'arn:aws:iam::111122223333:instance-profile/web';
export const INSTANCE = 'i-0123456789abcdef0';
const LONG_AGO = NOW - 30 * 86_400_000;

const group: Group = { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'enabled' };
const member = { id: INSTANCE, running: true, launchedAt: LONG_AGO, profile: PROFILE };
const alarm = { state: 'OK', since: LONG_AGO, enabled: true, tells: [], description: '' } as const;

/** What is read of an account in which all is well. */
export const healthy: Readings = {
  manifest: ['Web-memory'],
  rules: [{ name: 'healing.Web-memory', enabled: true, policy: aPolicy({ group }), alarms: ['healing-Web-memory'], deadLetters: [QUEUE] }],
  alarms: [{ ...alarm, name: 'healing-Web-memory' }],
  watch: [{ ...alarm, name: 'healing-watch-heartbeat', tells: [TOPIC] }],
  subscriptions: [{ topic: TOPIC, subscriptions: [{ topic: TOPIC, protocol: 'email', endpoint: 'oncall@example.com', confirmed: true }] }],
  fleets: [{ group, members: [member], missing: [] }],
  managed: [{ id: INSTANCE, online: true, agentVersion: '3.3.2746.0', platform: 'Linux' }],
  series: [{ fleet: 'Web', own: 'healing/Web/1-of-1', members: [{ ...member, silent: [] }] }],
  rights: [{ profile: PROFILE, role: 'web', denied: [] }],
  probes: [{ name: 'orders', way: { to: 'orders:5432', from: 'security group sg-1' }, notSetUp: 0, answered: true }],
  nodes: [{ id: INSTANCE, ahead: 900, services: { nginx: 'active' } }],
  databases: [{ target: { kind: 'database', id: 'orders' }, status: 'available' }],
  quotas: [{ name: 'rules of the default event bus', used: 12, allowed: 300, known: true, more: 'ask' }],
  ahead: 400,
  heartbeat: NOW - 200_000,
  pause: { value: 'running' },
  hubPause: undefined,
  ways: {
    posts: [{ name: 'healing-oncall-open', state: 'ACTIVE', connection: { name: 'healing-oncall', state: 'AUTHORIZED' } }],
    chat: { topic: 'arn:aws:sns:eu-west-1:111122223333:healing-chat', confirmed: 1 },
    opsItems: { role: 'keeper', denied: [] },
    undelivered: { queue: 'arn:aws:sqs:eu-west-1:111122223333:SelfHealing-Undelivered', waiting: 0 },
    holders: [{ name: 'Anna Night', subscriptions: [{ topic: LINKS, protocol: 'email', endpoint: 'anna@example.com', confirmed: true }] }],
  },
  deadLetters: [{ queue: QUEUE, waiting: 0 }],
};

/** What a check finds in an account in which all is well but for some readings. */
export function foundBy(check: Check, changed: Partial<Readings> = {}): readonly Finding[] {
  return check.judge({ ...healthy, ...changed }, { pipeline: 'healing', now: NOW });
}

/** An account in which some readings are others, or fail. */
export function accountOf(changed: Partial<{ readonly [Name in keyof Readings]: Readings[Name] | Error }> = {}): Account {
  const entries = Object.entries({ ...healthy, ...changed }).map(([name, value]) => [
    name,
    async () => {
      if (value instanceof Error) throw value;
      return value;
    },
  ]);
  return Object.fromEntries(entries) as Account;
}
