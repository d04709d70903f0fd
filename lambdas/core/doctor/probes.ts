import { awsCommandHere } from '../commands-here.ts';
import { faultInWords, faultNumbered } from '../probe-fault.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import type { FoundProbe } from './readings.ts';

/** Whether the probes get in. */
export const probes = check({
  name: 'probes',
  whether: 'each probe reports, was let in, and had its answer last',
  needs: ['probes'],
  judge: ({ probes: found }, place) => (found.length > 0 ? found.map((probe) => judged(probe, place)) : [ok('probes', 'there are none')]),
});

function judged({ name, way, notSetUp, answered }: FoundProbe, place: Place): Finding {
  if (notSetUp === undefined && answered === undefined)
    return wrong(name, `the probe of ${way.to} does not report`, awsCommandHere(place, `logs tail /aws/lambda/${name}`));
  if (notSetUp !== undefined && notSetUp > 0) {
    const fault = faultNumbered(notSetUp);
    return wrong(
      name,
      `the probe was never well, so that nothing is healed by it: ${fault ? faultInWords(fault, way) : `fault ${notSetUp}`}`,
      `let ${way.from} in at ${way.to}; see "Probes" in docs/tuning.md`,
    );
  }
  if (answered === false) return warning(name, `${way.to} did not answer last`);
  return ok(name, `it is let in at ${way.to}`);
}
