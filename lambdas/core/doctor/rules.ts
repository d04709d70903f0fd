import { awsCommandHere } from '../commands-here.ts';
import { forwardersBeginning, rulesBeginning } from '../manifest.ts';
import { check } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';

/** Whether the events of each policy come in. */
export const rules = check({
  name: 'rules',
  whether: 'each policy has its rule, which is enabled',
  needs: ['manifest', 'rules'],
  judge({ manifest, rules: found }, place) {
    const { pipeline } = place;
    const enabling = (name: string) => awsCommandHere(place, `events enable-rule --name ${name}`);
    const byName = new Map(found.map((rule) => [rule.name, rule]));
    const findings: Finding[] = manifest.flatMap((policy): readonly Finding[] => {
      const name = `${rulesBeginning(pipeline)}${policy}`;
      const rule = byName.get(name);
      if (!rule) return [wrong(name, `policy ${policy} has no rule, so that its events never come in`, 'npx cdk deploy')];
      if (!rule.enabled) return [wrong(name, `the rule is disabled: policy ${policy} does nothing`, enabling(name))];
      return rule.policy ? [] : [warning(name, 'it carries a policy that this version of the command cannot read', 'npx cdk deploy')];
    });
    const forwarding = found.filter(({ name, enabled }) => !enabled && name.startsWith(forwardersBeginning(pipeline)));
    for (const { name } of forwarding)
      findings.push(wrong(name, 'the rule is disabled: no event reaches the policies of its nested stack', enabling(name)));
    return findings.length > 0 ? findings : [ok(pipeline, `all ${manifest.length} policies have an enabled rule`)];
  },
});
