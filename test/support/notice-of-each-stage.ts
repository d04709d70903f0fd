import { anAttempt, anIncident, aPolicy, aRung, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { iso } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { digestNotice } from '../../lambdas/core/notice/digest.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { givenBackNotice } from '../../lambdas/core/notice/given-back.ts';
import type { Notice, Stage } from '../../lambdas/core/notice/notice.ts';
import { startedNotice, stillNotice } from '../../lambdas/core/notice/on-the-way.ts';
import { pauseNotice } from '../../lambdas/core/notice/pause.ts';
import { answeredNotice, questionNotice } from '../../lambdas/core/notice/question.ts';
import { type End, endFor } from '../../lambdas/core/reasons.ts';

const policy = aPolicy({ ladder: [aRung({ remedy: 'clear-caches', params: {} }), aRung()], runbook: 'https://wiki.example.com/web' });
const about = { incident: anIncident(), policy, notes: { name: 'web-1' } };
const origin = { ...someOrigin, account: { ...someOrigin.account, alias: 'shop-production' } };
const attempts = [
  anAttempt({ rung: 0, remedy: 'clear-caches', summary: 'clear old temporary files', result: 'not-recovered', why: 'alarm is ALARM' }),
  anAttempt({ rung: 1, result: 'failed', why: 'the remedy failed: exit code 1', kept: ['nginx.service: Main process exited'] }),
];
const added = { summary: 'raise the capacity of web to 3', rung: 0, since: NOW - 24 * HOUR };
const diagnosis = [{ title: 'Processes by memory', lines: ['1.9 GiB java', '200 MiB nginx'] }];
const week: readonly HistoryLine[] = [1, 2, 3].map((day) => ({
  ...{ at: iso(NOW - day * 24 * HOUR), kind: 'outcome', incident: `i${day}`, text: '', policy: policy.name, symptom: 'memory' },
  ...{ target: 'instance i-0aaaabbbbccccdddd', outcome: 'recovered', reason: 'healed' },
  remedies: [{ remedy: 'restart-service', result: 'recovered' }],
}));

const ended = (end: End, given: object = {}) => endNotice(origin, { ...about, attempts: [], end, ...given }, NOW);

/** One notice of each stage, as the pipeline composes it now. */
export const composedOfEachStage = (): { readonly [Each in Stage]: Notice } => ({
  started: startedNotice(origin, anAttempt({ rung: 1 }), NOW + 4 * MINUTE, about, NOW),
  'still-not-healed': stillNotice(origin, { attempts: attempts.slice(0, 1), waitsFor: 'another incident holds the target' }, about, NOW),
  question: questionNotice(
    origin,
    {
      ...{ id: `${'a'.repeat(64)}-1`, incident: 'a'.repeat(64), policy: policy.name, target: about.incident.target, rung: 1 },
      ...{ remedy: 'restart-service', seen: policy.seen, summary: 'use restart-service (service nginx)' },
      ...{ askedAt: NOW, until: NOW + 15 * MINUTE, approvers: 2 },
    },
    about,
    NOW,
  ),
  answered: answeredNotice(origin, { rung: 1, remedy: 'restart-service', by: ['anna', 'ben'] }, about, NOW),
  recovered: ended(endFor('healed', 'alarm is OK', 1), { attempts: [anAttempt({ rung: 1, result: 'recovered', why: 'alarm is OK' })] }),
  'handed-off': ended(endFor('ladder-exhausted', '2 of 2 remedies were tried; alarm is ALARM', 2), { attempts, diagnosis }),
  'not-healed': ended(endFor('paused', 'the pause switch says: noon', 0)),
  'given-back': givenBackNotice(origin, added, { reason: 'given-back', why: 'lower the capacity of web to 2' }, about, NOW),
  'not-given-back': givenBackNotice(origin, added, { reason: 'failed', why: 'AccessDenied' }, about, NOW),
  storm: ended({ ...endFor('storm', '10 of 50', 0), details: ['MEMBERS    i-00000001, i-00000002', 'ACTED ON   no member'] }),
  pause: pauseNotice(origin, { kind: 'began', why: 'the pause switch says: noon', since: NOW, by: 'anna', until: NOW + 2 * HOUR }, NOW),
  digest: digestNotice(origin, { since: NOW - 7 * 24 * HOUR, lines: week, shadowed: [] }, NOW),
});

/** The same, composed once. */
export const noticeOfEachStage = composedOfEachStage();
