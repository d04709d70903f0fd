import { anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { chatMessage } from '../../../../lambdas/core/notice/chat.ts';
import { composed, type Draft } from '../../../../lambdas/core/notice/compose.ts';
import { endNotice } from '../../../../lambdas/core/notice/end.ts';

const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: '1 of 1 remedies was tried' } as const;

describe('a notice in chat', () => {
  it('is in the schema of custom notifications, in the thread of its incident, with the first steps and lines of all that is known', () => {
    const at = '2026-11-02T10:16:00.000Z';
    const known: Draft = {
      ...{ id: 'i/handed-off/1', thread: 'i', stage: 'handed-off', headline: 'NEEDS YOU: memory', outcome: 'handed-off', reason: 'failed' },
      policy: { name: 'Web-memory', symptom: 'memory', mode: 'automatic' },
      target: { kind: 'instance', id: 'i-1' },
      incident: { id: 'i', shortId: 'i', openedAt: at },
      ...{ seen: ['one', 'two'], why: ['<a> & `b`'], later: ['tomorrow'] },
      done: [
        { at, remedy: 'clear-caches', rung: 0, summary: 'clear caches', result: 'not-recovered', why: 'still there' },
        { at, remedy: 'restart-service', rung: 1, summary: 'restart it', result: 'under-way' },
      ],
      notDone: [{ remedy: 'reboot', why: 'protected' }],
      kept: Array.from({ length: 13 }, (_, number) => `line ${number}`),
      diagnosis: [{ title: 'Processes', lines: Array.from({ length: 13 }, (_, number) => `process ${number}`) }],
      doNow: Array.from({ length: 6 }, (_, number) => ({ text: `Do ${number}:`, ...(number === 1 && { command: 'look | `more`' }) })),
      links: [{ what: 'Alarm', url: 'https://example.com/?a=1&b=2' }],
    };
    expect(chatMessage(composed(someOrigin, known, NOW))).toStrictEqual({
      ...{ version: '1.0', source: 'custom', id: 'i/handed-off/1' },
      content: {
        textType: 'client-markdown',
        title: ':rotating_light: NEEDS YOU: memory, 123456789012 eu-central-1',
        description: [
          '*Seen*\none\ntwo',
          `*Done*\n${at} clear caches: not-recovered (still there)\n${at} restart it: under-way`,
          '*Not done*\nreboot: protected',
          "*Why*\n&lt;a&gt; &amp; 'b'",
          '*Later*\ntomorrow',
          `*Lines from the machine*\n${Array.from({ length: 12 }, (_, number) => `\`line ${number + 1}\``).join('\n')}`,
          `*Processes*\n${Array.from({ length: 12 }, (_, number) => `\`process ${number}\``).join('\n')}`,
          '*Look at*\nAlarm: https://example.com/?a=1&b=2',
        ].join('\n\n'),
        nextSteps: ['Do 0:', "Do 1: `look | 'more'`", 'Do 2:', 'Do 3:', 'Do 4:'],
        keywords: ['healing', 'Web-memory', 'i-1', 'handed-off'],
      },
      metadata: {
        ...{ threadId: 'i', summary: 'NEEDS YOU: memory, 123456789012 eu-central-1', eventType: 'handed-off', enableCustomActions: false },
        additionalContext: {
          ...{ account: '123456789012', region: 'eu-central-1', policy: 'Web-memory', target: 'i-1', incident: 'i', reason: 'failed' },
        },
      },
    });
  });

  it('has nothing that a notice without policy, target, incident and steps has not, and says its title where there is nothing else', () => {
    const bare = composed(someOrigin, { id: 'one', thread: 'one', stage: 'pause', headline: 'PAUSED: <healing>' }, NOW);
    expect(chatMessage(bare)).toStrictEqual({
      ...{ version: '1.0', source: 'custom', id: 'one' },
      content: {
        textType: 'client-markdown',
        title: ':warning: PAUSED: &lt;healing&gt;, 123456789012 eu-central-1',
        description: 'PAUSED: &lt;healing&gt;, 123456789012 eu-central-1',
        keywords: ['healing', 'pause'],
      },
      metadata: {
        ...{
          threadId: 'one',
          summary: 'PAUSED: &lt;healing&gt;, 123456789012 eu-central-1',
          eventType: 'pause',
          enableCustomActions: false,
        },
        additionalContext: { account: '123456789012', region: 'eu-central-1' },
      },
    });
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
    const lengthOf = ({ length }: string) => length;
    // One less than the limit where the last would be half a character.
    expect([content.title, content.description, metadata.threadId, metadata.summary].map(lengthOf)).toEqual([250, 7_999, 249, 249]);
    expect(content.nextSteps?.map(lengthOf)).toEqual([349, 349, 349, 349, 349]);
    expect(content.keywords.map(lengthOf)).toEqual([7, 75, 5]);
    expect(JSON.stringify([content, metadata])).not.toMatch(/\\ud8|\\udc/i);
  });

  it.each([
    ['*DO NOW*: approve', '\u2217DO NOW\u2217: approve'],
    ['_DO_ ~NOT~ __this__ my_service', '\uff3fDO\uff3f \u223cNOT\u223c \uff3f\uff3fthis\uff3f\uff3f my_service'],
    ['[approve here](https://evil.example/a)', '[approve here]\u200b(https:\u200b//evil.example/a)'],
    ['[a][b] and [b]: //evil.example', '[a]\u200b[b] and [b]\u200b: //evil.example'],
    ['see www.evil.example or HTTPS://evil.example', 'see www\u200b.evil.example or HTTPS:\u200b//evil.example'],
    ['91.2 (limit 90), [1, 2] of web-1 at 10:15', '91.2 (limit 90), [1, 2] of web-1 at 10:15'],
  ])('has no format and no link of words from outside: %s', (words, shown) => {
    const { description } = chatMessage(
      composed(someOrigin, { id: 'one', thread: 'one', stage: 'handed-off', headline: 'H', seen: [words] }, NOW),
    ).content;
    expect(description).toBe(`*Seen*\n${shown}`);
  });

  it('shows commands and lines of a machine letter by letter, since nothing is a format between backticks', () => {
    const doNow = [{ text: 'Look:', command: 'ls ~/*_x https://example.com' }];
    const { content } = chatMessage(
      composed(someOrigin, { id: 'one', thread: 'one', stage: 'handed-off', headline: 'H', kept: ['__init__ *a*'], doNow }, NOW),
    );
    expect(content.nextSteps).toEqual(['Look: `ls ~/*_x https://example.com`']);
    expect(content.description).toContain('`__init__ *a*`');
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
    expect(description).toContain('the console&gt; @\u200bchannel');
    expect(description).not.toMatch(/``/);
  });
});
