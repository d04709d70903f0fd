import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { type Answer, answerOf, holderVoter, verdictOn } from '../../../lambdas/core/approval.ts';
import { answerable, approvalLinkOf, isTokenLike, linkTo } from '../../../lambdas/core/approval-link.ts';
import { approvalLinkMessage } from '../../../lambdas/core/approval-link-message.ts';
import { questionPage } from '../../../lambdas/core/approval-page.ts';
import { answerLink } from '../../../lambdas/core/notice/console-links.ts';
import { anna, aQuestion, ben } from '../../support/link-desk.ts';

const link = linkTo(aQuestion(), anna);
const open = [{ request: aQuestion(), answers: [] as Answer[] }];
const byLink = (email: string): Answer => ({ voter: holderVoter(email), who: email, answer: 'approve', at: NOW });
const byId = (voter: string): Answer => ({ voter, who: `arn:${voter}`, answer: 'approve', at: NOW });

describe('a link', () => {
  it('answers its own question, while it is open and its holder has not answered', () => {
    expect(answerable(link, open, [ben, anna], NOW)).toBe(open[0]);
    expect(answerable(link, open, [anna], NOW + 15 * MINUTE)).toBe(open[0]);
  });

  it('knows its holder in whatever case the address is written', () => {
    expect(answerable(link, open, [{ ...anna, email: 'Anna@Example.com' }], NOW)).toBe(open[0]);
  });

  it.each([
    ['nothing that is kept', undefined, open, [anna], NOW],
    ['a question that is over', link, open, [anna], NOW + 15 * MINUTE + 1],
    ['a question that ended earlier than the link says', link, [{ request: aQuestion({ until: NOW - 1 }), answers: [] }], [anna], NOW],
    ['a question that nobody has', link, [], [anna], NOW],
    ['another incident', link, [{ request: aQuestion({ incident: 'b'.repeat(64) }), answers: [] }], [anna], NOW],
    ['another rung', link, [{ request: aQuestion({ rung: 1 }), answers: [] }], [anna], NOW],
    ['another question', link, [{ request: aQuestion({ id: 'other' }), answers: [] }], [anna], NOW],
    ['a holder who is none any more', link, open, [ben], NOW],
    ['a holder who has answered', link, [{ request: aQuestion(), answers: [byLink(anna.email)] }], [anna], NOW],
  ])('answers not %s', (_, given, questions, holders, now) => {
    expect(answerable(given, questions, holders, now)).toBeUndefined();
  });

  it('is read with what a later version adds, and not without what it needs', () => {
    expect(approvalLinkOf({ ...link, later: 1 })).toEqual(link);
    expect(approvalLinkOf({ ...link, until: undefined })).toBeUndefined();
    expect(approvalLinkOf(undefined)).toBeUndefined();
  });

  it.each([
    ['x'.repeat(43), true],
    ['x'.repeat(42), false],
    ['x'.repeat(44), false],
    [`${'x'.repeat(42)}#`, false],
    [undefined, false],
  ])('has a token of 43 letters of URLs: %s is %s', (text, is) => {
    expect(isTokenLike(text)).toBe(is);
  });

  it('is sent whole, and what else looks like a secret is not', () => {
    const url = `https://page.example/${'aB3-'.repeat(10)}xyz`;
    const target = { kind: 'auto-scaling-group', name: `zażółć${'g'.repeat(200)}` } as const;
    const { body, subject } = approvalLinkMessage(aQuestion({ seen: 'password=hunter2hunter2', target }), anna, 'healing', url);
    expect(body.split('\n')).toContain(url);
    expect(body).not.toContain('hunter2');
    // SNS takes no other subject.
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });

  it('shows what alarms and policies say as text, and never as markup', () => {
    const request = aQuestion({ seen: '<img src=x onerror=alert(1)>', summary: 'use "it" & \'that\'' });
    const page = questionPage(
      { request, answers: [] },
      { ...anna, name: '<b>' },
      'T',
      { pipeline: 'p', account: '1', region: 'r' },
      NOW + MINUTE,
    );
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('use &quot;it&quot; &amp; &#39;that&#39;');
    expect(page).not.toMatch(/<img|<b>/);
    expect(page).toContain('in 14 min');
    expect(page).not.toContain('so far');
    // A browser takes the Enter key in a field for the first button of its form.
    const forms = page.split('<form').slice(1);
    expect(forms.map((form) => [...form.matchAll(/<input type="text"|value="(?:approve|deny)"/g)].map(([found]) => found))).toEqual([
      ['value="approve"'],
      ['<input type="text"', 'value="deny"'],
    ]);
  });
});

describe('answers by link and by AWS ids', () => {
  const verdict = (answers: readonly Answer[], now = NOW) => verdictOn({ request: aQuestion({ approvers: 2 }), answers }, now);

  it('do not add up to two people, and that is said', () => {
    const mixed = [byLink('anna@a.b'), byId('AIDA1')];
    expect(verdict(mixed)).toMatchObject({ kind: 'open', approvals: 1 });
    expect(verdict(mixed, NOW + 15 * MINUTE)).toEqual({
      kind: 'unanswered',
      why: '1 of 2 approvals were given in time; one by link and one by an AWS id may be the same person, and do not add up',
    });
  });

  it.each([
    ['two by link', [byLink('anna@a.b'), byLink('ben@a.b')]],
    ['two by link and one by an id', [byLink('anna@a.b'), byLink('ben@a.b'), byId('AIDA1')]],
    ['two by ids and one by link', [byLink('anna@a.b'), byId('AIDA1'), byId('AIDA2')]],
  ])('approve together where they are of two people: %s', (_, answers) => {
    expect(verdict(answers)).toMatchObject({ kind: 'approved', by: answers.map(({ who }) => who) });
  });

  it('deny for all, by whichever way', () => {
    expect(verdict([byId('AIDA1'), byId('AIDA2'), { ...byLink('anna@a.b'), answer: 'deny' }])).toMatchObject({ kind: 'denied' });
  });

  it('of one holder count once, in whatever case the address is written', () => {
    expect(holderVoter('Anna@A.b')).toBe(holderVoter('anna@a.B'));
  });
});

describe('the runbook', () => {
  const written = { voter: 'AIDA1', who: 'arn:anna by the runbook', answer: 'approve', at: '2026-11-29_08.46.52', reason: '' };

  it('writes the time as Systems Manager does, in UTC', () => {
    expect(answerOf('AIDA1', written)).toMatchObject({ at: Date.parse('2026-11-29T08:46:52Z'), answer: 'approve', voter: 'AIDA1' });
  });

  it.each(['2026-13-29_08.46.52', '2026-11-29T08:46:52Z', '2026-11-29_08.46', ''])('has no other form of it: %s', (at) => {
    expect(answerOf('AIDA1', { ...written, at })).toBeUndefined();
  });

  it.each([
    ['aws', ['https://eu-west-1.console.aws.amazon.com/systems-manager/automation/execute/healing-answer?region=eu-west-1#Question=q-0']],
    ['aws-cn', ['https://eu-west-1.console.amazonaws.cn/systems-manager/automation/execute/healing-answer?region=eu-west-1#Question=q-0']],
    ['aws-iso', []],
  ])('has a page in the console of %s', (partition, urls) => {
    const links = answerLink({ pipeline: 'healing', partition, region: 'eu-west-1', account: { id: '1' } }, 'q-0');
    expect(links.map(({ url }) => url)).toEqual(urls);
  });
});
