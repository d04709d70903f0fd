import { historyFields, historyKinds } from '../../lambdas/core/history-line.ts';
import { code, item, page, wrapped } from './markdown.ts';

export function historyPage(): string {
  return page(
    'History',
    wrapped(
      'The history is the log group `/self-healing/<pipeline>/history`, one JSON object a line. Fields are added in later versions and never change their meaning; a field that was renamed is read under both names.',
    ),
    '## Every line',
    [
      item('`at`: When, as ISO 8601 in UTC.'),
      item('`kind`: What the line tells of, see below.'),
      item('`policy`: The policy; `(all)` where it concerns no single one.'),
      item('`text`: One sentence for people.'),
    ].join('\n'),
    wrapped(
      'A line about an incident has, beside these: `incident` (its id), `symptom`, `target` (in words: `instance i-0123456789abcdef0`) and `alarm`; one about a drill has `drill`, too.',
    ),
    '## Kinds',
    Object.entries(historyKinds)
      .map(([kind, { tells, fields }]) => item(`${code(kind)}: ${tells} Fields: ${fields.map(code).join(', ')}.`))
      .join('\n'),
    '## Fields',
    Object.entries(historyFields)
      .map(([field, means]) => item(`${code(field)}: ${means}`))
      .join('\n'),
  );
}
