import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import { endNotice } from '../../../lambdas/core/notice/end.ts';
import { notifier } from '../../../lambdas/steps/notifier.ts';

const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;
const compose = (origin: typeof someOrigin) =>
  endNotice(origin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);

/** A notifier of which some ways fail, and what it did. */
function ways({ failing = [] as readonly string[] } = {}) {
  const sent: string[] = [];
  const lines: HistoryLine[] = [];
  const counted: string[] = [];
  const way = (name: string) => ({
    name,
    async send() {
      if (failing.includes(name)) throw new Error(`${name} is out of order`);
      sent.push(name);
    },
  });
  const made = notifier({
    origin: someOrigin,
    first: way('mail'),
    beside: [way('event'), way('chat')],
    history: {
      async write(line) {
        if (failing.includes('history')) throw new Error('the history is out of order');
        lines.push(line);
      },
    },
    metrics: { notSent: () => void counted.push('one') },
  });
  return { made, sent, lines, counted };
}

describe('a notice', () => {
  it('is mailed first, and then sent by every other way', async () => {
    const { made, sent, lines } = ways();
    await made.publish(compose);
    expect(sent).toEqual(['mail', 'event', 'chat']);
    expect(lines).toEqual([]);
  });

  it('that one way does not take is a line of the history and a count, and no failure', async () => {
    const { made, sent, lines, counted } = ways({ failing: ['event'] });
    await made.publish(compose);
    expect(sent).toEqual(['mail', 'chat']);
    expect(counted).toHaveLength(1);
    expect(lines).toMatchObject([
      {
        ...{ kind: 'not-sent', way: 'event', stage: 'handed-off', incident: anIncident().id, policy: aPolicy().name },
        text: 'the notice "handed-off" could not be sent by event: event is out of order',
      },
    ]);
  });

  it('is counted as not sent even where the history takes no line', async () => {
    const { made, sent, counted } = ways({ failing: ['event', 'history'] });
    await made.publish(compose);
    expect(sent).toEqual(['mail', 'chat']);
    expect(counted).toHaveLength(1);
  });

  it('that cannot be mailed goes out by the other ways all the same, and is a failure', async () => {
    const { made, sent } = ways({ failing: ['mail'] });
    await expect(made.publish(compose)).rejects.toThrow('mail is out of order');
    expect(sent).toEqual(['event', 'chat']);
  });
});
