import { SSMClient } from '@aws-sdk/client-ssm';
import { type ChangeCalendar, createChangeCalendar } from '@self-healing/local-aws/services/change-calendar.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { emptySurroundings, fakeCalendars } from '@self-healing/simulation/doubles/fake-change-conditions.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeCalendars } from '../../lambdas/adapters/ssm/change-calendars.ts';
import type { ChangeCalendars } from '../../lambdas/core/ports.ts';

const OPENS = new Date('2026-11-03T06:00:00Z');
const calendars = new Map<string, ChangeCalendar>([
  ['Always', { state: 'OPEN' }],
  ['Freeze', { state: 'CLOSED', changesAt: OPENS }],
  ['Ended', { state: 'CLOSED' }],
]);

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws([createChangeCalendar(calendars)]);
});
afterAll(() => aws.close());

function fake(): ChangeCalendars {
  const surroundings = emptySurroundings();
  surroundings.calendars.set('Always', { kind: 'open' });
  surroundings.calendars.set('Freeze', { kind: 'closed', changesAt: OPENS.getTime() });
  surroundings.calendars.set('Ended', { kind: 'closed' });
  return fakeCalendars(surroundings);
}

describe.each([
  ['Systems Manager', () => changeCalendars(new SSMClient(aws.client))],
  ['the fake', fake],
])('change calendars of %s', (_, calendarsOf) => {
  it('are open when each of them is', async () => {
    expect(await calendarsOf().state(['Always'])).toEqual({ kind: 'open' });
  });

  it('are closed when one of them is, until it changes', async () => {
    expect(await calendarsOf().state(['Always', 'Freeze'])).toEqual({ kind: 'closed', changesAt: OPENS.getTime() });
  });

  it('are closed without an end when no change is planned', async () => {
    expect(await calendarsOf().state(['Ended'])).toEqual({ kind: 'closed' });
  });

  it('that do not exist are a defect, never open', async () => {
    await expect(calendarsOf().state(['Always', 'Nowhere'])).rejects.toMatchObject({ name: 'Defect' });
  });
});

it('a calendar in a state that nobody knows yet is a defect, never open', async () => {
  const later = { send: async () => ({ State: 'AJAR' }) } as unknown as SSMClient;
  await expect(changeCalendars(later).state(['Always'])).rejects.toMatchObject({ name: 'Defect' });
});
