import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAppContext } from '../../lib/app-context.ts';

const ownContext = (JSON.parse(readFileSync(`${import.meta.dirname}/../../cdk.json`, 'utf8')) as { context: Record<string, unknown> })
  .context;

/** What is given, without what is left out. */
const read = (context: Readonly<Record<string, unknown>>) => JSON.parse(JSON.stringify(readAppContext(context)));

describe('the context of the default app', () => {
  it('as cdk.json has it protects nothing that is only an example', () => {
    expect(read(ownContext)).toEqual({});
  });

  it.each([
    ['@aws-cdk/core:newFlag', true],
    ['aws:cdk:bundling-stacks', []],
    ['aws-cdk:enableDiffNoFail', true],
    ['availability-zones:account=111122223333:region=eu-west-1', ['eu-west-1a']],
    ['vpc-provider:account=111122223333:filter.vpc-id=vpc-1:region=eu-west-1', {}],
    ['acknowledged-issue-numbers', [1]],
    ['cli-telemetry', false],
  ])('leaves %s to the CDK', (name, value) => {
    expect(read({ [name]: value })).toEqual({});
  });

  it.each([
    ['databaseSecurityGroup', { database: 'orders', databaseSecurityGroup: 'sg-1' }, 'databaseHost'],
    ['databaseFunctionSecurityGroups', { databaseFunctionSecurityGroups: 'sg-1' }, 'databaseHost'],
  ])('refuses %s alone, which would change nothing without a word', (name, given, companion) => {
    expect(() => readAppContext(given)).toThrow(`context.${name}: means nothing without ${companion}`);
  });

  it.each([
    ['databaseSubnets', ''],
    ['databaseFunctionSecurityGroups', []],
    ['cacheFolders', ','],
  ])('refuses %s with nothing in it', (name, given) => {
    expect(() => readAppContext({ database: 'orders', databaseHost: 'orders.example.com', [name]: given })).toThrow(
      /context\.\w+: .* must name at least one/,
    );
  });

  it('refuses a negative cooldown by its name', () => {
    expect(() => readAppContext({ database: 'orders', databaseCooldownMinutes: -1 })).toThrow(
      'context.databaseCooldownMinutes: -1 is not allowed: must not be negative',
    );
  });

  it.each([
    ['a list', { emails: ['a@example.com', 'b@example.com'] }, { emails: ['a@example.com', 'b@example.com'] }],
    ['a list as text', { emails: 'a@example.com,b@example.com' }, { emails: ['a@example.com', 'b@example.com'] }],
    ['a list as people type it', { emails: ' a@example.com, b@example.com,' }, { emails: ['a@example.com', 'b@example.com'] }],
    ['a number', { volumeCeilingGibibytes: 200 }, { volumeCeilingGibibytes: 200 }],
    ['a number as text', { volumeCeilingGibibytes: '200' }, { volumeCeilingGibibytes: 200 }],
    ['a switch', { resourceTagsOnTelemetry: true }, { resourceTagsOnTelemetry: true }],
    ['a switch as text', { resourceTagsOnTelemetry: 'true' }, { resourceTagsOnTelemetry: true }],
    ['a name', { name: 'staging' }, { name: 'staging' }],
    ['stages as text', { mailStages: 'handed-off,storm' }, { mailStages: ['handed-off', 'storm'] }],
    ['holders of links as text', { approvalLinks: 'Anna Nowak <anna@example.com>' }, { approvalLinks: ['Anna Nowak <anna@example.com>'] }],
  ])('reads %s', (_, given, value) => {
    expect(read(given)).toEqual(value);
  });

  it.each([
    ['service', ['servce', 'Service', 'services', 'sevrice']],
    ['diskPath', ['diskpath', 'disk-path', 'disPath']],
    ['emails', ['email', 'mails', 'e-mails']],
    ['databaseConnectionsAbove', ['databaseConnectionAbove', 'dataBaseConnections']],
    ['name', ['names', 'nam']],
  ])('names %s as the nearest name of what is not known', (name, typed) => {
    for (const each of typed)
      expect(() => readAppContext({ [each]: 'x' })).toThrow(`context.${each}: is not known; the nearest name is ${name}`);
  });

  it('names everything that is not known at once', () => {
    expect(() => readAppContext({ servce: 'nginx', databse: 'orders' })).toThrow(/servce.*service\s.*databse.*database/);
  });

  it.each([
    ['emails', 'nobody'],
    ['emails', 5],
    ['service', 7],
    ['service', ''],
    ['mode', 'auto'],
    ['name', '-staging'],
    ['name', 'a-name-of-more-than-twenty'],
    ['volumeCeilingGibibytes', true],
    ['volumeCeilingGibibytes', null],
    ['volumeCeilingGibibytes', ''],
    ['volumeCeilingGibibytes', []],
    ['volumeCeilingGibibytes', '1.5'],
    ['databaseConnectionsAbove', 'many'],
    ['resourceTagsOnTelemetry', 'perhaps'],
    ['resourceTagsOnTelemetry', 1],
    ['cacheFolders', { path: '/tmp' }],
    ['mailStages', 'healed'],
    ['approvalLinks', 'anna@example.com'],
  ])('refuses for %s the value %j', (name, value) => {
    expect(() => readAppContext({ [name]: value })).toThrow(new RegExp(`context\\.${name}.*is not allowed`));
  });

  it.each([
    [{ loadBalancer: 'app/web/1' }, 'loadBalancer', 'autoScalingGroup'],
    [{ volumeDevice: '/dev/sdf' }, 'volumeDevice', 'volumeCeilingGibibytes'],
    [{ databaseConnectionsAbove: 80 }, 'databaseConnectionsAbove', 'database'],
    [{ database: 'orders', databasePort: 5432 }, 'databasePort', 'databaseHost'],
    [{ siteInstance: 'i-0123456789abcdef0' }, 'siteInstance', 'siteUrl'],
    [{ slackChannel: 'C0123456789' }, 'slackChannel', 'slackWorkspace'],
    [{ quietUntil: '07:00' }, 'quietUntil', 'quietFrom'],
  ])('refuses %j, of which one means nothing alone', (context, name, companion) => {
    expect(() => readAppContext(context)).toThrow(`context.${name}: means nothing without ${companion}`);
  });
});
