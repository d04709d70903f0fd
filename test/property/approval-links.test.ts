import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictOn } from '../../lambdas/core/approval.ts';
import { aLinkDesk, anna, aQuestion, ben } from '../support/link-desk.ts';

const holders = [anna, ben];

const someDeed = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const) }),
  fc.record({ kind: fc.constant('open' as const), link: fc.nat(3) }),
  fc.record({ kind: fc.constant('post' as const), link: fc.nat(3), answer: fc.constantFrom('approve', 'deny') }),
  fc.record({ kind: fc.constant('post together' as const), links: fc.array(fc.nat(3), { minLength: 2, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.nat(20) }),
  fc.record({ kind: fc.constant('close' as const) }),
);

type Deed = typeof someDeed extends fc.Arbitrary<infer D> ? D : never;

describe('links that are sent again, opened, used, used together, late and left over, in any order', () => {
  it('give each holder one vote, in time, and each vote a line of the history', async () => {
    await fc.assert(fc.asyncProperty(fc.array(someDeed, { maxLength: 25 }), fc.integer({ min: 1, max: 2 }), play), { numRuns: runs(300) });
  });
});

async function play(deeds: readonly Deed[], approvers: number): Promise<void> {
  const desk = aLinkDesk();
  const question = aQuestion({ approvers });
  const tokens: string[] = [];
  let taken = 0;
  const post = async (link: number, answer: string) => {
    const { statusCode } = await desk.post({ token: tokens[link] ?? 'x'.repeat(43), answer });
    if (statusCode === 200) taken += 1;
  };
  const deedOf = async (deed: Deed) => {
    const before = [...(desk.table.answers.get(question.id) ?? [])];
    switch (deed.kind) {
      case 'ask':
        tokens.push(...Object.values(await desk.ask(question)));
        break;
      case 'open':
        await desk.open(tokens[deed.link] ?? 'x'.repeat(43));
        // Opening decides nothing.
        expect([...(desk.table.answers.get(question.id) ?? [])]).toEqual(before);
        break;
      case 'post':
        await post(deed.link, deed.answer);
        break;
      case 'post together':
        await Promise.all(deed.links.map((link) => post(link, 'approve')));
        break;
      case 'wait':
        desk.clock.now += deed.minutes * MINUTE;
        break;
      case 'close':
        desk.table.open.clear();
        break;
    }
    // What was said stays said.
    for (const [voter, answer] of before) expect(desk.table.answers.get(question.id)?.get(voter)).toEqual(answer);
  };
  for (const deed of deeds) await deedOf(deed);

  const votes = [...(desk.table.answers.get(question.id)?.values() ?? [])];
  expect(taken).toBe(votes.length);
  expect(votes.length).toBeLessThanOrEqual(holders.length);
  for (const { at, who } of votes) {
    expect(at >= NOW && at <= question.until).toBe(true);
    const own = desk.lines.filter(({ by }) => String(by).startsWith(who));
    const takenBack = own.filter(({ text }) => text.includes('answered already'));
    expect(own.length - 2 * takenBack.length).toBe(1);
  }
  const verdict = verdictOn({ request: question, answers: votes }, Math.min(desk.clock.now, question.until));
  if (verdict.kind === 'approved') expect(new Set(votes.map(({ voter }) => voter)).size).toBeGreaterThanOrEqual(approvers);
  expect(desk.woken.length).toBeLessThanOrEqual(votes.length);
}
