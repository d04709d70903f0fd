import { describe, expect, it } from 'vitest';
import { remedyNames } from '../../lambdas/remediators/registry.ts';
import { databaseSymptoms, fleetSymptoms } from '../../lib/symptoms/registry.ts';
import { completeTemplate, inText, resources } from '../support/template.ts';

interface CarriedPolicy {
  readonly symptom: string;
  readonly targets: { readonly kind: string; readonly target?: { readonly kind: string } };
  readonly ladder: readonly { readonly remedy: string }[];
}

function policies(): readonly CarriedPolicy[] {
  const rules = [...resources('AWS::Events::Rule', completeTemplate()).values()].filter(
    // Rules of other buses carry notices.
    ({ Properties }) => Properties.Targets[0].InputTransformer && Properties.EventBusName === undefined,
  );
  return rules.map(({ Properties }) => {
    const template = inText(Properties.Targets[0].InputTransformer.InputTemplate);
    return (JSON.parse(template.replace('<f1>', 'null')) as { policy: CarriedPolicy }).policy;
  });
}

describe('the complete example', () => {
  it('uses every symptom that there is', () => {
    const known = [...Object.values(fleetSymptoms), ...Object.values(databaseSymptoms)].map(({ name }) => name);
    expect([...new Set(policies().map(({ symptom }) => symptom))].toSorted()).toEqual([...new Set(known)].toSorted());
    const watched = policies().map(({ symptom, targets }) => `${symptom} of ${targets.target?.kind ?? targets.kind}`);
    expect(watched).toHaveLength(new Set(watched).size);
  });

  it('uses every remedy that there is', () => {
    const used = policies().flatMap(({ ladder }) => ladder.map(({ remedy }) => remedy));
    expect([...new Set(used)].toSorted()).toEqual(remedyNames.toSorted());
  });
});
