import { createHash } from 'node:crypto';
import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { answerTo } from '@self-healing/simulation/doubles/fake-approvals.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { approvalLinkSettings } from '../../../lambdas/core/approval-link-settings.ts';
import { aLinkDesk, anna, aQuestion, ben, opening, posting } from '../../support/link-desk.ts';

let desk: ReturnType<typeof aLinkDesk>;
let token: string;
beforeEach(async () => {
  desk = aLinkDesk();
  token = (await desk.ask())[anna.email] ?? '';
});
const votes = () => [...(desk.table.answers.get(aQuestion().id)?.values() ?? [])];
const approve = (given = {}) => desk.post({ token, answer: 'approve', ...given });

describe('links are sent', () => {
  it('to each holder alone, each a link of their own, and only their hashes are kept', async () => {
    expect(desk.mails.map(({ to }) => to)).toEqual([anna.email, ben.email]);
    expect([...desk.kept.keys()][0]).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify([...desk.kept])).not.toContain(token);
  });

  it('with the question, the time, and what the link is', () => {
    expect(desk.mails[0]?.message).toEqual({
      subject: '[self-healing] Your link: restart-service on instance i-0aaaabbbbccccdddd?',
      body: expect.stringMatching(
        /^Anna Night: may the pipeline healing use restart-service on instance i-0aaaabbbbccccdddd\?\nSeen: memory\.\n[\s\S]*\nhttps:\/\/page\.example\/\S{43}\n[\s\S]*within 15 min, until .*\n.*do not forward it/,
      ),
    });
  });

  it('to the others where one cannot be mailed, and says whose is missing', async () => {
    const { sendApprovalLinks } = await import('../../../lambdas/steps/send-approval-links.ts');
    const mailer = { send: async ({ email }: { email: string }) => (email === anna.email ? Promise.reject(new Error('no')) : undefined) };
    expect(await sendApprovalLinks(aQuestion(), { ...desk.sending, mailer })).toEqual([{ holder: anna, error: new Error('no') }]);
  });
});

describe('opening a link', () => {
  it('shows who is asked, what, about what and until when, and changes nothing however often', async () => {
    for (const _ of [1, 2, 3]) {
      const { statusCode, body } = await desk.open(token);
      expect(statusCode).toBe(200);
      for (const told of ['Anna Night', 'use restart-service', 'instance i-0aaaabbbbccccdddd', 'in 15 min', 'Web-memory', '111122223333'])
        expect(body).toContain(told);
    }
    expect([votes(), desk.woken, desk.lines]).toEqual([[], [], []]);
  });

  it('answers with a page that loads nothing, and that nobody keeps, frames, indexes or is told of', async () => {
    const { headers, body } = await desk.open(token);
    const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? '';
    expect(headers).toMatchObject({
      'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(body).not.toMatch(/<script|src=|href=|url\(|@import| on\w+=| style=/i);
  });

  it('never answers, not even with the answer in its address', async () => {
    const event = { ...opening(token), rawQueryString: 'answer=approve', queryStringParameters: { answer: 'approve', token } };
    await desk.serve()(event);
    expect(votes()).toEqual([]);
  });
});

describe('the button', () => {
  it('writes the answer under the holder, a line of the history with their name, and wakes the workflow', async () => {
    const { statusCode, body } = await approve();
    expect([statusCode, body]).toEqual([200, expect.stringContaining('Approved: use restart-service')]);
    expect(votes()).toEqual([{ voter: 'link#anna@example.com', who: 'Anna Night by link', answer: 'approve', at: NOW }]);
    expect(desk.lines).toMatchObject([
      { kind: 'operator', action: 'approve', by: 'Anna Night by link (link#anna@example.com)', policy: 'Web-memory' },
    ]);
    expect(desk.woken).toEqual([`wakes-${aQuestion().id}`]);
  });

  it('takes a denial with its reason, on one line', async () => {
    const { body } = await desk.post({ token, answer: 'deny', reason: 'month\nend <b>' });
    expect(body).toContain('Nothing is done: Anna Night by link denied it: month end &lt;b&gt;');
    expect(votes()).toMatchObject([{ answer: 'deny', reason: 'month end <b>' }]);
  });

  it('waits for others where one is not enough, and wakes nobody before', async () => {
    desk = aLinkDesk();
    const tokens = await desk.ask(aQuestion({ approvers: 2 }));
    const { body } = await desk.post({ token: tokens[anna.email] ?? '', answer: 'approve' });
    expect(body).toContain('1 of 2 approvals');
    expect(desk.woken).toEqual([]);
    await desk.post({ token: tokens[ben.email] ?? '', answer: 'approve' });
    expect(desk.woken).toHaveLength(1);
  });

  it('approves nothing that cannot be written down, and denies all the same', async () => {
    const history = { write: () => Promise.reject(new Error('no log')) };
    const failed = await desk.post({ token, answer: 'approve' }, { history });
    expect([failed.statusCode, votes()]).toEqual([500, []]);
    expect((await desk.post({ token, answer: 'deny' }, { history })).statusCode).toBe(200);
    expect(votes()).toMatchObject([{ answer: 'deny' }]);
  });
});

/** Everything that must be refused in the same words. */
const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a token that was made up', () => desk.open('x'.repeat(43))],
  ['no token', () => desk.open('')],
  ['a text that is no token', () => desk.open('../../favicon.ico')],
  ['an answer with a token that was made up', () => approve({ token: 'x'.repeat(43) })],
  ['an answer that there is not', () => approve({ answer: 'maybe' })],
  ['a form without an answer', () => desk.post({ token })],
  ['another method', () => desk.serve()({ ...posting({ token, answer: 'approve' }), requestContext: { http: { method: 'PUT' } } })],
  ['a body of a megabyte', () => approve({ reason: 'x'.repeat(1_000_000) })],
  [
    'a link that was used',
    async () => {
      await approve();
      return approve();
    },
  ],
  [
    'a link that was used, opened again',
    async () => {
      await approve();
      return desk.open(token);
    },
  ],
  [
    'a link whose time is over',
    () => {
      desk.clock.now = NOW + 15 * MINUTE + 1;
      return approve();
    },
  ],
  [
    'a link whose question is closed',
    () => {
      desk.table.open.clear();
      return approve();
    },
  ],
  [
    'a link to another rung of the incident',
    () => {
      desk.table.open.clear();
      const next = aQuestion({ id: `${aQuestion().incident}-1`, rung: 1 });
      desk.table.open.set(next.id, { request: next, taskToken: 't', told: true });
      return approve();
    },
  ],
  ['a link whose holder may answer no more', () => desk.post({ token, answer: 'approve' }, { holders: [ben] })],
];

describe('a link that answers nothing', () => {
  it.each(refused)('is told apart from no other: %s', async (_, request) => {
    const made = await aLinkDesk().open('x'.repeat(43));
    expect(await request()).toEqual(made);
  });

  it('counts no second answer, though two buttons are pressed at once', async () => {
    const answers = await Promise.all([approve(), desk.post({ token, answer: 'deny' })]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 404]);
    expect(votes()).toHaveLength(1);
    expect(desk.lines.at(-1)?.text).toContain('this holder had answered already');
  });

  it('takes no second link of the same holder, which a repeated sending makes', async () => {
    const second = (await desk.ask())[anna.email] ?? '';
    await approve();
    expect(second).not.toBe(token);
    expect((await desk.post({ token: second, answer: 'deny' })).statusCode).toBe(404);
    expect(votes()).toHaveLength(1);
  });
});

it('a failure is told to whoever pressed the button, and its cause to nobody but the log', async () => {
  const workflow = { wake: () => Promise.reject(new Error('the secret cause')) };
  const { statusCode, body } = await desk.post({ token, answer: 'approve' }, { workflow });
  expect([statusCode, body]).toEqual([500, expect.stringContaining('may not have been noted')]);
  expect(body).not.toContain('secret cause');
  expect(desk.errors).toHaveLength(1);
});

it('an answer by link and one by an AWS id do not add up, since both may be the same person', async () => {
  desk = aLinkDesk();
  const tokens = await desk.ask(aQuestion({ approvers: 2 }));
  answerTo(desk.table, aQuestion().id, { voter: 'AROA1:anna', who: 'arn:anna', answer: 'approve', at: NOW });
  const { body } = await desk.post({ token: tokens[anna.email] ?? '', answer: 'approve' });
  expect(body).toContain('1 of 2 approvals');
  expect(desk.woken).toEqual([]);
});

describe('the settings of links', () => {
  it('are nobody where the pipeline has none', () => {
    expect(approvalLinkSettings(undefined)).toEqual({ to: [] });
  });

  it('are the holders, and fields of later versions are left out', () => {
    expect(approvalLinkSettings('{"url":"https://a/","to":[{"name":"A","email":"a@b.c","topic":"t","new":1}],"new":1}')).toEqual({
      url: 'https://a/',
      to: [{ name: 'A', email: 'a@b.c', topic: 't' }],
    });
  });
});
