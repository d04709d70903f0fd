import { expect, it } from 'vitest';
import { completeTemplate, defaultTemplate, resources } from '../support/template.ts';

it('the account is left alone unless its setting is asked for', () => {
  expect(resources('AWS::ObservabilityAdmin::TelemetryEnrichment', defaultTemplate()).size).toBe(0);
});

it('resource tags on telemetry are turned on for the account where that is asked for', () => {
  const found = completeTemplate();
  expect([...resources('AWS::ObservabilityAdmin::TelemetryEnrichment', found).values()].map(({ Properties }) => Properties)).toEqual([
    { Scope: 'ACCOUNT' },
  ]);
});
