import { anIncident, INSTANCE_ID, MINUTE } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { AnsweredRequest, ApprovalRequest, ApprovalVerdict } from '../../../lambdas/core/approval.ts';
import { answeredPage, failedPage, invalidPage, LONGEST_REASON, PAGE_STYLE, questionPage } from '../../../lambdas/core/approval-page.ts';

const { policy } = anIncident();
const target = { kind: 'instance', id: INSTANCE_ID } as const;
const asked: ApprovalRequest = {
  ...{ id: `${'c'.repeat(64)}-0`, incident: 'c'.repeat(64), policy, target, rung: 0, remedy: 'restart-service' },
  ...{ seen: 'memory used above 90 %', summary: 'restart service nginx', approvers: 1 },
  ...{ askedAt: Date.parse('2026-11-02T10:00:00Z'), until: Date.parse('2026-11-02T10:15:00Z') },
};
const place = { pipeline: 'healing', account: '111122223333', region: 'eu-west-1' };
const holder = { name: 'Anna', email: 'anna@example.com' };
const now = asked.askedAt + 5 * MINUTE;

const frame = (title: string, body: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title><style>${PAGE_STYLE}</style></head><body><main>
${body}
</main></body></html>`;

function question(given: Partial<ApprovalRequest> = {}, answers: AnsweredRequest['answers'] = []): string {
  return questionPage({ request: { ...asked, ...given }, answers }, holder, 'a-token', place, now);
}

describe('the page of a question', () => {
  it('says who asks whom, what would be done to what, until when, and has a form for each answer', () => {
    expect(question()).toBe(
      frame(
        `May I? restart-service on instance ${target.id}`,
        `<p class="dim">Anna, the pipeline healing asks you:</p>
<h1>May it restart service nginx on instance ${target.id}?</h1>
<p>Opening this page has decided nothing. Only a button below does.</p>
<dl><div><dt>What was seen</dt><dd>memory used above 90 %</dd></div><div><dt>What would be done</dt><dd>restart service nginx, rung 1 of its policy</dd></div><div><dt>To what</dt><dd>instance ${target.id}, in account 111122223333, eu-west-1</dd></div><div><dt>Asked</dt><dd>2026-11-02 10:00:00 UTC</dd></div><div><dt>Until</dt><dd>2026-11-02 10:15:00 UTC, in 10 min. Silence means no.</dd></div><div><dt>Policy</dt><dd>${policy}</dd></div><div><dt>Incident</dt><dd>${'c'.repeat(64)}</dd></div></dl>
<form method="post" action="./">
<input type="hidden" name="token" value="a-token">
<button class="yes" name="answer" value="approve">Yes, do it</button>
</form>
<form method="post" action="./">
<input type="hidden" name="token" value="a-token">
<label for="reason">Why not, if you wish to say</label>
<input type="text" id="reason" name="reason" maxlength="${LONGEST_REASON}" autocomplete="off">
<button class="no" name="answer" value="deny">No, do not do it</button>
</form>
<p class="dim">Your answer counts once, stands in the history under your name, and cannot be changed here.</p>`,
      ),
    );
  });

  it('says how many have approved where several must, and nothing of it where one is enough', () => {
    const answers = [{ voter: 'link:ben', who: 'ben', answer: 'approve', at: now - MINUTE }] as const;
    const words = 'Different people must approve, all by link or all by their AWS ids. One who denies stops it.';
    expect(question({ approvers: 2 })).toContain(`<dt>Approvals</dt><dd>0 of 2 so far. ${words}</dd>`);
    expect(question({ approvers: 3 }, answers)).toContain(`<dt>Approvals</dt><dd>1 of 3 so far. ${words}</dd>`);
    expect(question({ approvers: 2, until: now }, answers)).toContain('<dd>0 of 2 so far.');
    expect(question()).not.toContain('Approvals');
  });

  it('makes no markup and shows no secret of what alarms and policies say', () => {
    const page = question({ seen: `<script>&"'</script> password=hunter2`, summary: 'run <b>' });
    expect(page).toContain('<dd>&lt;script&gt;&amp;&quot;&#39;&lt;/script&gt; password=');
    expect(page).toContain('May it run &lt;b&gt; on');
    expect(page).not.toMatch(/hunter2|<script|<b>/);
  });
});

describe('the page after an answer', () => {
  const what = `restart service nginx on instance ${target.id}`;
  it.each<[string, 'approve' | 'deny', ApprovalVerdict, string]>([
    [
      'You said yes',
      'approve',
      { kind: 'approved', by: ['anna'] },
      `Approved: ${what}. The guardrails are asked once more before it acts, and you are told how it ends.`,
    ],
    [
      'You said yes',
      'approve',
      { kind: 'open', approvals: 1, by: ['anna'] },
      `1 of 2 approvals to ${what}. It waits for more until 2026-11-02 10:15:00 UTC.`,
    ],
    ['You said no', 'deny', { kind: 'denied', why: 'anna denied it' }, 'Nothing is done: anna denied it.'],
    ['You said yes', 'approve', { kind: 'unanswered', why: '1 of 2 were in time' }, 'Nothing is done: 1 of 2 were in time.'],
  ])('says: %s, and what follows: %s %j', (title, said, verdict, follows) => {
    expect(answeredPage({ request: { ...asked, approvers: 2 }, answers: [] }, said, verdict)).toBe(
      frame(
        title,
        `<h1>${title}</h1>
<p>${follows}</p>
<p class="dim">Your answer is in the history. You can close this page; the link is used up.</p>`,
      ),
    );
  });

  it('says when a link answers nothing, in the same words whatever the cause, and when an answer may be lost', () => {
    expect(invalidPage()).toBe(
      frame(
        'This link answers nothing',
        `<h1>This link answers nothing</h1>
<p>It was used, its time is over, the question was answered otherwise, or there never was such a link. Nothing was changed by opening it.</p>
<p class="dim">What became of the question says the mail about the incident, and the command that stands in it.</p>`,
      ),
    );
    expect(failedPage()).toBe(
      frame(
        'Your answer may not have been noted',
        `<h1>Your answer may not have been noted</h1>
<p>Something failed here. Open the link again: if it still asks, answer again. Else use the command that stands in the mail about the question.</p>`,
      ),
    );
  });

  it('looks as legible in the dark, with buttons that a thumb meets, and asks nobody for anything', () => {
    expect(PAGE_STYLE).toContain('prefers-color-scheme:dark');
    expect(PAGE_STYLE).toContain('min-height:3.25rem');
    expect(PAGE_STYLE).not.toMatch(/url\(|@import/);
  });
});
