import { readFileSync } from 'node:fs';
import { aProviderEvent, HOUR, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptProviderEvent, parseProviderEvent, problemsOf } from '../../../lambdas/core/provider-event.ts';
import type { Target } from '../../../lambdas/core/target.ts';

const detail = {
  eventArn: 'arn:aws:health:eu-west-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_ABC',
  service: 'EC2',
  eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE',
  eventTypeCategory: 'issue',
  eventScopeCode: 'ACCOUNT_SPECIFIC',
  statusCode: 'open',
  lastUpdatedTime: 'Mon, 2 Nov 2026 10:11:00 GMT',
  page: '2',
  eventDescription: [{ language: 'en_US', latestDescription: 'We are investigating.' }],
  affectedEntities: [{ entityValue: INSTANCE_ID, status: 'IMPAIRED' }],
};
const parsed = (changes: object = {}) =>
  parseProviderEvent({ source: 'aws.health', time: '2026-11-02T10:12:00Z', detail: { ...detail, ...changes } });

describe('an event of AWS Health', () => {
  it('is read', () => {
    expect(parsed()).toEqual({
      arn: detail.eventArn,
      service: 'EC2',
      code: 'AWS_EC2_OPERATIONAL_ISSUE',
      text: 'We are investigating.',
      page: '2',
      open: true,
      updatedAt: Date.parse('2026-11-02T10:11:00Z'),
      entities: [INSTANCE_ID],
    });
  });

  it.each<[string, object, boolean]>([
    ['an open issue', {}, true],
    ['a closed issue', { statusCode: 'closed' }, false],
    ['a scheduled change', { eventTypeCategory: 'scheduledChange', eventTypeCode: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED' }, false],
    ['an announcement', { eventTypeCategory: 'accountNotification' }, false],
    ['an issue that is yet to come', { statusCode: 'upcoming' }, false],
    ['a recovery by EC2', { eventTypeCode: 'AWS_EC2_SIMPLIFIED_AUTO_RECOVERY_SUCCESS' }, false],
    ['a recovery that failed', { eventTypeCode: 'AWS_EC2_SIMPLIFIED_AUTO_RECOVERY_FAILURE' }, false],
  ])('that is %s is open or not', (_, changes, open) => {
    expect(parsed(changes)).toMatchObject({ open });
  });

  it.each<[string, object, readonly string[] | undefined]>([
    ['names them', {}, [INSTANCE_ID]],
    [
      'names those that are well again, too',
      { affectedEntities: [{ entityValue: 'i-00000001', status: 'RESOLVED' }, ...detail.affectedEntities] },
      [INSTANCE_ID],
    ],
    ['names only those that are well again', { affectedEntities: [{ entityValue: INSTANCE_ID, status: 'UNIMPAIRED' }] }, []],
    ['is public', { eventScopeCode: 'PUBLIC' }, undefined],
    ['names none', { affectedEntities: [] }, undefined],
    ['says nothing of them', { affectedEntities: undefined }, undefined],
    ['names one without its status', { affectedEntities: [{ entityValue: INSTANCE_ID }] }, [INSTANCE_ID]],
    ['names as much as can be kept', { affectedEntities: [{ entityValue: 'i'.repeat(150_000) }] }, ['i'.repeat(150_000)]],
    ['names more than can be kept', { affectedEntities: [{ entityValue: 'i'.repeat(150_001) }] }, undefined],
    ['means the whole account, too', { affectedEntities: [...detail.affectedEntities, { entityValue: 'AWS_ACCOUNT' }] }, undefined],
  ])('affects resources when it %s', (_, changes, entities) => {
    const event = parsed(changes);
    expect('entities' in event ? event.entities : undefined).toEqual(entities);
  });

  it.each([
    ['is on one line, without what moves a cursor or turns the text', 'All\u0085is\u202Ewell\u001b[2J\nHEALED', 'All is well [2J HEALED'],
    ['is bounded, and never cut within a character', '\u{1F525}'.repeat(600), `${'\u{1F525}'.repeat(499)}…`],
  ])('has a text that %s', (_, latestDescription, text) => {
    expect(parsed({ eventDescription: [{ latestDescription }] })).toMatchObject({ text });
  });

  it.each([[undefined], [[]], [[{ language: 'en_US' }]]])('that describes nothing, as by %j, and has no page is the first page', (said) => {
    expect(parsed({ eventDescription: said, page: undefined })).toMatchObject({ text: 'no description', page: '1' });
  });

  it('is as new as its message when it does not say when it was updated', () => {
    expect(parsed({ lastUpdatedTime: undefined })).toMatchObject({ updatedAt: Date.parse('2026-11-02T10:12:00Z') });
  });

  it('is read from the sample of a recovery, and holds nothing back', () => {
    const sample = JSON.parse(readFileSync(`${import.meta.dirname}/../../support/events/health-event.json`, 'utf8'));
    expect(parseProviderEvent(sample)).toMatchObject({ open: false, entities: [INSTANCE_ID] });
  });

  it.each<[string, object, string]>([
    ['no ARN', { eventArn: undefined }, 'detail.eventArn: Invalid input: expected string, received undefined'],
    [
      'a status that nobody knows',
      { statusCode: 'half-open' },
      'detail.statusCode: Invalid option: expected one of "open"|"closed"|"upcoming"',
    ],
    [
      'a code that is longer than any of AWS',
      { eventTypeCode: 'A'.repeat(256) },
      'detail.eventTypeCode: Too big: expected string to have <=255 characters',
    ],
    ['a time that is none', { lastUpdatedTime: 'lately' }, 'detail.lastUpdatedTime: is not a timestamp'],
    ['entities that are no list', { affectedEntities: 'all' }, 'detail.affectedEntities: Invalid input: expected array, received string'],
    [
      'two things wrong',
      { page: 7, service: '' },
      'detail.service: Too small: expected string to have >=1 characters; detail.page: Invalid input: expected string, received number',
    ],
  ])('with %s is a rejection that says so', (_, changes, why) => {
    expect(parsed(changes)).toEqual({ kind: 'rejection', reason: 'unknown-event', why });
  });

  it('is never a reason to throw', () => {
    fc.assert(fc.property(fc.anything(), (event) => void parseProviderEvent(event)));
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(detail)), fc.anything()), (changes) => void parsed(changes)));
  });
});

const kept = (given: Partial<KeptProviderEvent> = {}): KeptProviderEvent => ({ ...aProviderEvent(), heardAt: NOW - 9 * MINUTE, ...given });
const instance: Target = { kind: 'instance', id: INSTANCE_ID };
const group: Target = { kind: 'auto-scaling-group', name: 'web' };
const database: Target = { kind: 'database', id: 'orders' };
const cluster: Target = { kind: 'database-cluster', id: 'orders' };

describe('a problem of AWS', () => {
  it.each<[string, Partial<KeptProviderEvent>, Target, boolean]>([
    ['of EC2 concerns an instance', {}, instance, true],
    ['of EC2 concerns a group', {}, group, true],
    ['of EC2 does not concern a database', {}, database, false],
    ['of EBS concerns an instance', { service: 'EBS' }, instance, true],
    ['of Systems Manager concerns an instance', { service: 'SSM' }, instance, true],
    ['of Auto Scaling concerns a group', { service: 'AUTOSCALING' }, group, true],
    ['of Auto Scaling does not concern an instance', { service: 'AUTOSCALING' }, instance, false],
    ['of RDS concerns a database', { service: 'RDS' }, database, true],
    ['of RDS concerns a cluster', { service: 'RDS' }, cluster, true],
    ['of RDS does not concern an instance', { service: 'RDS' }, instance, false],
    ['of another service concerns nobody', { service: 'BILLING' }, instance, false],
    ['of several services concerns a database', { service: 'MULTIPLE_SERVICES' }, database, true],
    ['of the network concerns an instance', { service: 'INTERNETCONNECTIVITY' }, instance, true],
    ['of what sees the symptoms concerns a group', { service: 'CLOUDWATCH' }, group, true],
    ['of this instance concerns it', { entities: [INSTANCE_ID] }, instance, true],
    ['of another instance does not concern it', { entities: ['i-00000001'] }, instance, false],
    ['of an instance does not concern its group', { entities: [INSTANCE_ID] }, group, false],
    [
      'of a database by its ARN concerns it',
      { service: 'RDS', entities: ['arn:aws:rds:eu-west-1:111122223333:db:orders'] },
      database,
      true,
    ],
    [
      'of a database whose name ends likewise does not',
      { service: 'RDS', entities: ['arn:aws:rds:eu-west-1:111122223333:db:old-orders'] },
      database,
      false,
    ],
    [
      'of a group by its ARN concerns it',
      { entities: ['arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:1:autoScalingGroupName/web'] },
      group,
      true,
    ],
    ['whose resources are all well again concerns nobody', { entities: [] }, instance, false],
    ['that is closed concerns nobody', { open: false }, instance, false],
    ['that was heard of less than six hours ago counts', { heardAt: NOW - 6 * HOUR + 1 }, instance, true],
    ['that was not heard of for six hours does not', { heardAt: NOW - 6 * HOUR }, instance, false],
  ])('%s', (_, event, target, concerned) => {
    expect(problemsOf(target, [kept(event)], NOW)).toHaveLength(concerned ? 1 : 0);
  });

  it('that began in two pages is over when it ends in one', () => {
    const pages = [kept({ page: '1', open: false, updatedAt: NOW }), kept({ page: '2' })];
    expect(problemsOf(instance, pages, NOW)).toEqual([]);
  });

  it.each<[string, Partial<KeptProviderEvent>]>([
    ['an older page was closed', { open: false, updatedAt: NOW - HOUR }],
    ['a page was closed at the same moment', { open: false }],
  ])('of which %s is still open', (_, page) => {
    expect(problemsOf(instance, [kept({ page: '1', ...page }), kept({ page: '2' })], NOW)).toHaveLength(1);
  });

  it('is not over because another one is, or because more is heard of it', () => {
    const other = kept({ arn: 'arn:aws:health:eu-west-1::event/EC2/B/B_1', open: false, updatedAt: NOW });
    expect(problemsOf(instance, [kept(), other], NOW)).toEqual([kept()]);
    expect(problemsOf(instance, [kept(), kept({ page: '2', updatedAt: NOW })], NOW)).toHaveLength(2);
  });
});
