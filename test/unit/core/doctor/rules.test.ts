import { describe, expect, it } from 'vitest';
import type { Readings } from '../../../../lambdas/core/doctor/readings.ts';
import { rules } from '../../../../lambdas/core/doctor/rules.ts';
import { foundBy, healthy } from '../../../support/healthy-account.ts';

const [rule] = healthy.rules as [Readings['rules'][number]];
const { policy: _policy, ...unread } = rule;
const forwarder = { ...unread, name: 'healing._forward-Web' };
const off = { ...forwarder, enabled: false };
const well = { state: 'ok', about: 'healing', says: 'all 1 policies have an enabled rule' };

describe('the rules', () => {
  it.each<[string, Partial<Readings>, object]>([
    ['each policy has its rule', {}, well],
    ['a forwarder, which carries no policy, is on', { rules: [rule, forwarder] }, well],
    ['a rule of another pipeline is off', { rules: [rule, { ...off, name: 'healing-two._forward-Web' }] }, well],
    [
      'a policy has none',
      { rules: [] },
      {
        ...{ state: 'wrong', about: 'healing.Web-memory', mend: 'npx cdk deploy' },
        says: 'policy Web-memory has no rule, so that its events never come in',
      },
    ],
    [
      'one is off',
      { rules: [{ ...rule, enabled: false }] },
      {
        ...{ state: 'wrong', about: 'healing.Web-memory', says: 'the rule is disabled: policy Web-memory does nothing' },
        mend: 'aws events enable-rule --name healing.Web-memory',
      },
    ],
    [
      'one carries what this version does not know',
      { rules: [unread] },
      {
        ...{ state: 'warning', about: 'healing.Web-memory', says: 'it carries a policy that this version of the command cannot read' },
        mend: 'npx cdk deploy',
      },
    ],
    [
      'one that forwards to a nested stack is off',
      { rules: [rule, off] },
      {
        ...{ state: 'wrong', about: off.name, says: 'the rule is disabled: no event reaches the policies of its nested stack' },
        mend: `aws events enable-rule --name ${off.name}`,
      },
    ],
  ])('are judged where %s', (_, readings, finding) => {
    expect(foundBy(rules, readings)).toEqual([finding]);
  });
});
