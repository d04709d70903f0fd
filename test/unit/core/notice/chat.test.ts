import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { chatMessage } from '../../../../lambdas/core/notice/chat.ts';
import { composed } from '../../../../lambdas/core/notice/compose.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';

const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;
const notice = endNotice(someOrigin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);

describe('a notice in chat', () => {
  it('is in the schema of custom notifications, in the thread of its incident, with the next steps', () => {
    const message = chatMessage(notice);
    expect(message).toMatchObject({
      ...{ version: '1.0', source: 'custom', id: notice.id },
      content: { textType: 'client-markdown', title: `:rotating_light: ${notice.title}` },
      metadata: {
        threadId: anIncident().id,
        eventType: 'handed-off',
        additionalContext: { account: '123456789012', incident: anIncident().id },
      },
    });
    expect(message.content.description).toContain('*Done*');
    expect(message.content.nextSteps?.length).toBeGreaterThan(0);
    expect(message.content.nextSteps?.join('\n')).toContain('`self-healing-pipeline why');
    expect(message.content.keywords).toContain(aPolicy().name);
  });

  it('of a drill has a sign of its own, and no alarm in its title', () => {
    const drill = anIncident({ drill: '0123456789abcdef' });
    const { title } = chatMessage(endNotice(someOrigin, { incident: drill, policy: aPolicy(), attempts: [], end }, NOW)).content;
    expect(title).toMatch(/^:construction: DRILL: STOPPED ON THE WAY: memory on /);
  });

  it('keeps the limits of Amazon Q Developer, whatever the notice holds', () => {
    const long = '🧨'.repeat(5_000);
    const many = (count: number) => Array.from({ length: count }, () => long);
    const longest = composed(
      someOrigin,
      {
        ...{ id: long, thread: long, stage: 'storm', headline: long, policy: { name: long, symptom: long, mode: long } },
        ...{ seen: many(6), why: many(6), kept: many(40), later: many(10) },
        diagnosis: Array.from({ length: 12 }, () => ({ title: long, lines: many(40) })),
        doNow: Array.from({ length: 8 }, () => ({ text: long, command: long })),
        links: Array.from({ length: 12 }, () => ({ what: long, url: long })),
      },
      NOW,
    );
    const { content, metadata } = chatMessage(longest);
    expect(content.title.length).toBeLessThanOrEqual(250);
    expect(content.description.length).toBeLessThanOrEqual(8_000);
    for (const step of content.nextSteps ?? []) expect(step.length).toBeLessThanOrEqual(350);
    for (const word of content.keywords) expect(word.length).toBeLessThanOrEqual(75);
    expect(metadata.threadId.length).toBeLessThanOrEqual(250);
    expect(JSON.stringify([content, metadata])).not.toMatch(/\\ud8|\\udc/i);
  });

  it('calls nobody and links nowhere by words of a machine', () => {
    const hostile = composed(
      someOrigin,
      {
        ...{ id: 'one', thread: 'one', stage: 'handed-off', headline: '<!channel>' },
        ...{ seen: ['<!here> <https://example.com|the console> @channel'], kept: ['`<at>everyone</at>` @here'] },
      },
      NOW,
    );
    const { title, description } = chatMessage(hostile).content;
    expect(title + description).not.toMatch(/<|@(channel|here)/);
    expect(description).not.toMatch(/``/);
  });

  it('says its title where there is nothing else to say', () => {
    const bare = composed(someOrigin, { id: 'one', thread: 'one', stage: 'pause', headline: 'PAUSED: pipeline healing' }, NOW);
    expect(chatMessage(bare).content.description).toContain('PAUSED: pipeline healing');
  });
});
