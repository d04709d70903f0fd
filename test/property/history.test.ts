import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { anIncident, NOW } from '@self-healing/simulation/builders.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advise } from '../../bin/heal/advise.ts';
import { history } from '../../bin/heal/history.ts';
import type { Operator } from '../../bin/heal/operator.ts';
import { why } from '../../bin/heal/why.ts';
import { historySince } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { historyFields, incidentLine } from '../../lambdas/core/history-line.ts';
import { plainScreen } from '../support/plain-screen.ts';

const POLICY = 'Web-memory';
const incident = anIncident({ policy: POLICY });
const real = [
  incidentLine('signal', incident, 'memory above 90 %', NOW),
  incidentLine('outcome', incident, 'it stays ill', NOW + 1, { outcome: 'handed-off', reason: 'ladder-exhausted', remedies: [] }),
];

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(POLICY, incident.id, 'instance i-0aaaabbbbccccdddd', '2026-11-02T10:20:00.000Z', 'operator', 'outcome'),
);
const value = fc.oneof(text, fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1 }));
const names = [...['at', 'kind', 'policy', 'text', 'incident', 'symptom', 'target', 'alarm', 'deed'], ...Object.keys(historyFields)];
const written = fc.oneof(
  fc.string(),
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: names.length }).map((fields) => JSON.stringify(fields)),
  fc
    .dictionary(fc.constantFrom(...names), value, { maxKeys: names.length })
    .map((fields) => JSON.stringify({ ...fields, at: real[0]?.at, kind: 'operator', policy: POLICY, text: 'x' })),
);

/** An operator with a history into whose streams of operators somebody wrote anything. */
function operatorWith(messages: readonly string[]): Operator {
  const events = [
    ...real.map((line) => ({ message: JSON.stringify(line), logStreamName: 'conclude/2026-11-02' })),
    ...messages.map((message) => ({ message, logStreamName: 'operators/2026-11-02' })),
  ];
  const client = { send: async () => ({ events }) } as unknown as CloudWatchLogsClient;
  return {
    pipeline: 'healing',
    policies: { [POLICY]: 'automatic' },
    history: (since: number, filter = {}) => historySince('g', { since, filter, onUnreadable: () => {} }, client),
  } as unknown as Operator;
}

it('whatever stands in the streams of operators, the history is told', () =>
  fc.assert(
    fc.asyncProperty(fc.array(written, { maxLength: 4 }), async (messages) => {
      const operator = operatorWith(messages);
      expect((await why(operator, POLICY, 0, plainScreen())).text).toMatch(
        /^memory on instance i-0aaaabbbbccccdddd, policy Web-memory, .*\nHANDED OFF: it needs you\n/,
      );
      expect((await history(operator, 0, {}, plainScreen())).text).toContain('ladder-exhausted');
      expect((await advise(operator, 0, NOW + 2, plainScreen())).text).toContain('What pipeline healing has seen');
    }),
  ));
