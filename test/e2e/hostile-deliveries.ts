import { ownConnection } from '@self-healing/local-aws/gateway/forward.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { deadLetterQueues } from '../../rehearsal/stage/dead-letters.ts';
import { isReadingCommand } from '../../rehearsal/stage/reading-command.ts';
import type { Stage } from '../../rehearsal/stage/stage.ts';
import { ALARM, FleetDrill, POLICY } from '../support/fleet-drill.ts';
import type { TestStage } from '../support/open-stage.ts';

const DELIVERIES = 50;

/** A burst waits its turn for the few functions that run at once. */
const PATIENCE = { timeout: 120_000, interval: 300 };

const CONTRIBUTOR = 'CloudWatch Alarm Contributor State Change';

/** CloudWatch's own form of a time. */
function cloudWatchTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

function contributorDetail(InstanceId: string, at = Date.now()): object {
  return {
    alarmName: ALARM,
    alarmContributor: { id: '6d442278dba546f6', attributes: { InstanceId } },
    state: { value: 'ALARM', reason: 'hostile', timestamp: cloudWatchTime(at) },
  };
}

interface Hostile {
  readonly what: string;
  readonly type: string;
  /** Made when it is sent, as its time must be news to the pipeline. */
  readonly detail: () => object;
  readonly reason: string;
}

const hostile: readonly Hostile[] = [
  { what: 'an alarm event without a state', type: CONTRIBUTOR, detail: () => ({ alarmName: ALARM, surprise: 1 }), reason: 'unknown-event' },
  {
    what: 'an alarm event without a timestamp',
    type: 'CloudWatch Alarm State Change',
    detail: () => ({ alarmName: ALARM, state: { value: 'ALARM', surprise: 2 } }),
    reason: 'unknown-event',
  },
  { what: 'a command in the instance id', type: CONTRIBUTOR, detail: () => contributorDetail('i-0; rm -rf /'), reason: 'invalid-target' },
  { what: 'a substitution in the instance id', type: CONTRIBUTOR, detail: () => contributorDetail('$(reboot)'), reason: 'invalid-target' },
  {
    what: 'an event of an hour ago',
    type: CONTRIBUTOR,
    detail: () => contributorDetail('i-0123456789abcdef0', Date.now() - 3_600_000),
    reason: 'late-event',
  },
  {
    what: 'an instance that does not exist',
    type: CONTRIBUTOR,
    detail: () => contributorDetail('i-0123456789abcdef0'),
    reason: 'target-gone',
  },
];

/** Events that nobody should send, and events that come far too often. */
export function hostileDeliveries(open: () => TestStage): void {
  const stage = () => open().stage;

  describe('a hostile event', () => {
    const since = Date.now();

    it.each(hostile)('with $what is recorded as $reason, and nothing is done', async ({ type, detail, reason }) => {
      const sent = detail();
      await putEvent(stage(), type, sent);
      // A rejection keeps the event as it came; an incident that was opened is its own account.
      const isAboutIt = (line: HistoryLine) => line.event === undefined || String(line.event).includes(JSON.stringify(sent).slice(1, -1));
      await expect
        .poll(async () => (await stage().history.since(since)).filter((line) => line.reason === reason && isAboutIt(line)), PATIENCE)
        .toHaveLength(1);
      expect(actsSince(stage(), since)).toEqual([]);
    });

    it('for an instance that runs outside of the fleet is recorded as not in the fleet', async () => {
      const member = stage().groupNodes()[0]?.instanceId ?? '';
      await putEvent(stage(), CONTRIBUTOR, contributorDetail(member));
      await expect
        .poll(
          async () => (await stage().history.since(since)).find((line) => line.kind === 'outcome' && line.reason === 'not-in-fleet'),
          PATIENCE,
        )
        .toMatchObject({ policy: POLICY, target: `instance ${member}`, outcome: 'skipped' });
      expect(actsSince(stage(), since)).toEqual([]);
    });
  });

  describe(`a real event, delivered ${DELIVERIES} times more at once`, () => {
    let drill: FleetDrill;

    beforeAll(async () => {
      drill = new FleetDrill(stage(), 'web-1');
      await drill.killService();
      const event = await drill.alarmed();
      await Promise.all(Array.from({ length: DELIVERIES }, () => stage().gateway.upstream.sendEvents([event])));
      await drill.outcome();
    });
    afterAll(() => drill.tidyUp());

    it('is acted on once, by the record of calls', () => {
      expect(drill.commands('healing-restart-service')).toHaveLength(1);
    });

    it('heals', async () => {
      expect(await drill.outcome()).toMatchObject({ outcome: 'recovered', reason: 'healed' });
      expect(await drill.isDown()).toBe(false);
    });

    it('is recorded as a duplicate each other time', async () => {
      await expect
        .poll(async () => (await drill.lines()).filter(({ reason }) => reason === 'duplicate-delivery').length, PATIENCE)
        .toBe(DELIVERIES);
    });

    it('tells people once', async () => {
      expect(await drill.messages()).toHaveLength(1);
    });
  });

  it('leaves nothing in the dead-letter queues', async () => {
    const { upstream } = stage().gateway;
    for (const QueueUrl of await deadLetterQueues(upstream)) {
      const { Attributes } = await upstream.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
      expect(Attributes, QueueUrl).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
    }
  });
}

/** Puts the event as anybody with the right to `events:PutEvents` could, if AWS did not refuse its source. */
async function putEvent({ gateway }: Stage, type: string, detail: object): Promise<void> {
  const response = await fetch(gateway.endpoint, {
    method: 'POST',
    headers: {
      ...ownConnection,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSEvents.PutEvents',
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request',
    },
    body: JSON.stringify({ Entries: [{ Source: 'aws.cloudwatch', DetailType: type, Detail: JSON.stringify(detail) }] }),
  });
  expect(await response.json()).toMatchObject({ FailedEntryCount: 0 });
}

function actsSince({ gateway }: Stage, since: number): readonly string[] {
  return gateway
    .calls()
    .filter(
      ({ time, action, parameters }) =>
        Date.parse(time) >= since &&
        /^(SendCommand|RebootDBInstance|SetDesiredCapacity)$/.test(action) &&
        !isReadingCommand(action, parameters),
    )
    .map(({ action }) => action);
}
