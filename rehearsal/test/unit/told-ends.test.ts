import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { describe, expect, it } from 'vitest';
import { isConcluded } from '../../stage/incident-records.ts';
import { Mailbox } from '../../stage/mailbox.ts';

type Call = Upstream['call'];

const upstream = (call: (action: string) => Promise<object>): Upstream =>
  ({ call: ((_service, action) => call(action)) as Call }) as Upstream;

describe('the end of an incident', () => {
  const tableWith = (item: object | undefined) =>
    upstream(async (action) => (action === 'ListTables' ? { TableNames: ['incidents'] } : { ...(item && { Item: item }) }));

  it.each([
    ['when the incident is not known', undefined, false],
    ['while nothing of its end is stored', { pk: { S: 'incident#1' } }, false],
    ['while its line of the history is written and nobody was told', { written: { BOOL: true }, told: { BOOL: false } }, false],
    ['while people were told and its line is missing', { written: { BOOL: false }, told: { BOOL: true } }, false],
    ['when both are done', { written: { BOOL: true }, told: { BOOL: true } }, true],
  ])('is concluded or not %s', async (_when, item, concluded) => {
    expect(await isConcluded('1', tableWith(item))).toBe(concluded);
  });

  it('is not looked for where the stack has no table', async () => {
    await expect(
      isConcluded(
        '1',
        upstream(async () => ({})),
      ),
    ).rejects.toThrow('the stack has no table');
  });
});

describe('the mailbox', () => {
  const letter = (subject: string) => ({
    Body: JSON.stringify({ Subject: subject, Message: subject }),
    ReceiptHandle: subject,
    Attributes: { SentTimestamp: '0' },
  });

  it('shows a reader what another reader has just taken out of the queue', async () => {
    const queued = [letter('one'), letter('two')];
    const mailbox = new Mailbox(
      upstream(async (action) => {
        const taken = action === 'ReceiveMessage' ? queued.splice(0) : [];
        await new Promise((resolve) => setImmediate(resolve));
        return { Messages: taken };
      }),
    );
    const [first, second] = await Promise.all([mailbox.read(), mailbox.read()]);
    expect([first, second].map((read) => read.map(({ subject }) => subject))).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  it('can be read again after a reading that failed', async () => {
    let isDown = true;
    const mailbox = new Mailbox(
      upstream(async () => {
        if (isDown) throw new Error('down');
        return {};
      }),
    );
    await expect(mailbox.read()).rejects.toThrow('down');
    isDown = false;
    await expect(mailbox.read()).resolves.toEqual([]);
  });
});
