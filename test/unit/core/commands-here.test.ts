import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { awsCommandHere, ownCommandHere } from '../../../lambdas/core/commands-here.ts';
import type { Readings } from '../../../lambdas/core/doctor/readings.ts';
import { checks } from '../../../lambdas/core/doctor/registry.ts';
import { healthy } from '../../support/healthy-account.ts';

const root = `${import.meta.dirname}/../../..`;

describe('a command that is told', () => {
  it.each([
    [{ pipeline: 'healing' }, 'self-healing-pipeline resume'],
    [{ pipeline: 'staging' }, 'self-healing-pipeline resume --pipeline staging'],
    [
      { pipeline: 'staging', region: 'eu-west-1', profile: 'on call' },
      "self-healing-pipeline resume --pipeline staging --region eu-west-1 --profile 'on call'",
    ],
    [{ hub: 'healing-hub' }, 'self-healing-pipeline resume --all'],
    [{ hub: 'other', region: 'eu-west-1' }, 'self-healing-pipeline resume --all --hub other --region eu-west-1'],
  ])('of %j is for the same place', (place, told) => {
    expect(ownCommandHere(place, 'resume')).toBe(told);
  });

  it('for the AWS CLI names Region and profile; IAM knows no Region', () => {
    const place = { pipeline: 'staging', region: 'eu-west-1', profile: 'team' };
    expect(awsCommandHere(place, 'rds describe-db-instances')).toBe('aws rds describe-db-instances --region eu-west-1 --profile team');
    expect(awsCommandHere(place, 'iam get-role')).toBe('aws iam get-role --profile team');
    expect(awsCommandHere({}, 'iam get-role')).toBe('aws iam get-role');
  });

  it('is nowhere written by hand, which would forget the place', () => {
    const files = globSync(['lambdas/core/**/*.ts', 'bin/heal/**/*.ts'], { cwd: root });
    const knowing = [
      'lambdas/core/commands-here.ts',
      'lambdas/core/notice/commands.ts',
      'bin/heal/examples.ts',
      'bin/heal/program.ts',
      'bin/heal/commands/demote.ts',
    ];
    const byHand = /\$\{commandName\} (?!--)|[`'"]aws (?!sso|configure|sts)[a-z0-9-]+ /;
    expect(files.length).toBeGreaterThan(100);
    const found = files.filter(
      (path) => byHand.test(readFileSync(`${root}/${path}`, 'utf8')) && !knowing.includes(path.replaceAll('\\', '/')),
    );
    expect(found).toEqual([]);
  });
});

describe('what the doctor tells to do', () => {
  const place = { pipeline: 'staging', region: 'eu-west-1', profile: 'team', now: 0 };
  const [fleet] = healthy.fleets as [Readings['fleets'][number]];
  const ill: Partial<Readings> = {
    pause: { value: 'noon' },
    heartbeat: undefined,
    watch: healthy.watch.map((alarm) => ({ ...alarm, state: 'ALARM', enabled: false })),
    alarms: healthy.alarms.map((alarm) => ({ ...alarm, state: 'INSUFFICIENT_DATA', query: 'SELECT AVG(x) WHERE tag.a = 1' })),
    rules: healthy.rules.map((rule) => ({ ...rule, name: `staging.${healthy.manifest[0]}`, enabled: false })),
    deadLetters: healthy.deadLetters.map((queue) => ({ ...queue, waiting: 2 })),
    subscriptions: healthy.subscriptions.map((topic) => ({ ...topic, subscriptions: [] })),
    databases: [{ target: { kind: 'database', id: 'orders' } }],
    managed: healthy.managed.map((each) => ({ ...each, online: true, agentVersion: '3.0.0.0' })),
    fleets: [{ ...fleet, members: fleet.members.map(({ profile: _, ...member }) => member) }],
  };
  const mends = () =>
    checks.flatMap((check) => check.judge({ ...healthy, ...ill }, place)).flatMap(({ mend }) => mend?.split(/\n| && /) ?? []);

  it('names pipeline, Region and profile, each in a command of its own', () => {
    const commands = mends().filter((line) => /^(aws|self-healing-pipeline) /.test(line));
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.filter((line) => !line.endsWith(' --profile team'))).toEqual([]);
    expect(commands.filter((line) => !line.includes(' --region eu-west-1') && !line.startsWith('aws iam '))).toEqual([]);
    expect(commands.filter((line) => line.startsWith('self-healing-pipeline ') && !line.includes(' --pipeline staging '))).toEqual([]);
    expect(commands).toContain('self-healing-pipeline instance-role --deploy --pipeline staging --region eu-west-1 --profile team');
    expect(commands.find((line) => line.includes('associate-iam'))).toContain('Name=staging-instances-eu-west-1 --region eu-west-1');
  });
});
