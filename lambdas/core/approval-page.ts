import { type AnsweredRequest, type ApprovalVerdict, verdictOn } from './approval.ts';
import type { LinkHolder } from './approval-link.ts';
import { type Instant, inWords, iso } from './duration.ts';
import { redacted } from './redaction.ts';
import { targetInWords } from './target.ts';

/** Where the pipeline is that asks. */
export interface AskingPipeline {
  readonly pipeline: string;
  readonly account: string;
  readonly region: string;
}

/** Longest reason that the form takes. */
export const LONGEST_REASON = 200;

/** The one style sheet, within the page: it asks nobody for anything, and is allowed by its hash. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:#1b1f24;--dim:#57606a;--paper:#fff;--line:#d0d7de;--yes:#0b6b35;--no:#a40e26}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9da7b3;--paper:#12161c;--line:#3d444d;--yes:#1a7f45;--no:#b62335}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,sans-serif}
main{max-width:38rem;margin:0 auto;padding:1.25rem}
h1{font-size:1.45rem;line-height:1.25;margin:.5rem 0 1rem;overflow-wrap:anywhere}
p{margin:.75rem 0}
.dim{color:var(--dim);font-size:.9rem;overflow-wrap:anywhere}
dl{margin:1rem 0;border-top:1px solid var(--line)}
dl div{padding:.55rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--dim);font-size:.85rem}
dd{margin:0;overflow-wrap:anywhere}
label{display:block;margin:1rem 0 .25rem}
input[type=text]{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem;padding:.6rem}
button{display:block;width:100%;min-height:3.25rem;margin:.75rem 0;font:inherit;font-weight:600;color:#fff;border:0;border-radius:.5rem;cursor:pointer}
button:focus-visible,input:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.yes{background:var(--yes)}
.no{background:var(--no)}
`;

/** The question to its holder. Showing it decides nothing; its buttons send the token in the body, where no log of addresses has it. */
export function questionPage(asked: AnsweredRequest, holder: LinkHolder, token: string, place: AskingPipeline, now: Instant): string {
  const { request } = asked;
  const target = targetInWords(request.target);
  const verdict = verdictOn(asked, now);
  const given = verdict.kind === 'open' ? verdict.approvals : 0;
  return page(`May I? ${request.remedy} on ${target}`, [
    `<p class="dim">${text(holder.name)}, the pipeline ${text(place.pipeline)} asks you:</p>`,
    `<h1>May it ${text(request.summary)} on ${text(target)}?</h1>`,
    '<p>Opening this page has decided nothing. Only a button below does.</p>',
    facts([
      ['What was seen', request.seen],
      ['What would be done', `${request.summary}, rung ${request.rung + 1} of its policy`],
      ['To what', `${target}, in account ${place.account}, ${place.region}`],
      ['Asked', clock(request.askedAt)],
      ['Until', `${clock(request.until)}, in ${inWords(request.until - now)}. Silence means no.`],
      ...(request.approvers > 1
        ? [
            [
              'Approvals',
              `${given} of ${request.approvers} so far. Different people must approve, all by link or all by their AWS ids. One who denies stops it.`,
            ] as const,
          ]
        : []),
      ['Policy', request.policy],
      ['Incident', request.incident],
    ]),
    form(token, ['<button class="yes" name="answer" value="approve">Yes, do it</button>']),
    form(token, [
      '<label for="reason">Why not, if you wish to say</label>',
      `<input type="text" id="reason" name="reason" maxlength="${LONGEST_REASON}" autocomplete="off">`,
      '<button class="no" name="answer" value="deny">No, do not do it</button>',
    ]),
    '<p class="dim">Your answer counts once, stands in the history under your name, and cannot be changed here.</p>',
  ]);
}

/** That the answer was taken, and what follows. */
export function answeredPage({ request }: AnsweredRequest, said: 'approve' | 'deny', verdict: ApprovalVerdict): string {
  const what = `${request.summary} on ${targetInWords(request.target)}`;
  return page(said === 'approve' ? 'You said yes' : 'You said no', [
    `<h1>${said === 'approve' ? 'You said yes' : 'You said no'}</h1>`,
    `<p>${text(follows(what, request.approvers, request.until, verdict))}</p>`,
    '<p class="dim">Your answer is in the history. You can close this page; the link is used up.</p>',
  ]);
}

/** The same words for a link that never was, is used, is late or is somebody else's: what differs would tell which exist. */
export function invalidPage(): string {
  return page('This link answers nothing', [
    '<h1>This link answers nothing</h1>',
    '<p>It was used, its time is over, the question was answered otherwise, or there never was such a link. Nothing was changed by opening it.</p>',
    '<p class="dim">What became of the question says the mail about the incident, and the command that stands in it.</p>',
  ]);
}

/** That the answer could not be taken: it is better to know at once than to wait for what will not be done. */
export function failedPage(): string {
  return page('Your answer may not have been noted', [
    '<h1>Your answer may not have been noted</h1>',
    '<p>Something failed here. Open the link again: if it still asks, answer again. Else use the command that stands in the mail about the question.</p>',
  ]);
}

/** A form of each button, since a browser takes the Enter key in a field for the first button of its form. */
function form(token: string, fields: readonly string[]): string {
  return ['<form method="post" action="./">', `<input type="hidden" name="token" value="${escaped(token)}">`, ...fields, '</form>'].join(
    '\n',
  );
}

function clock(at: Instant): string {
  return `${iso(at).slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ')} UTC`;
}

function follows(what: string, approvers: number, until: Instant, verdict: ApprovalVerdict): string {
  switch (verdict.kind) {
    case 'approved':
      return `Approved: ${what}. The guardrails are asked once more before it acts, and you are told how it ends.`;
    case 'open':
      return `${verdict.approvals} of ${approvers} approvals to ${what}. It waits for more until ${clock(until)}.`;
    case 'denied':
    case 'unanswered':
      return `Nothing is done: ${verdict.why}.`;
  }
}

function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  return `<dl>${rows.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join('')}</dl>`;
}

function page(title: string, body: readonly string[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${text(title)}</title><style>${PAGE_STYLE}</style></head><body><main>`,
    ...body,
    '</main></body></html>',
  ].join('\n');
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text in a page: what comes from alarms and policies cannot become markup, and known secrets are taken out. */
function text(given: string): string {
  return escaped(redacted(given));
}

function escaped(given: string): string {
  return given.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
