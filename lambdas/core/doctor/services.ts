import { inWords, milliseconds } from '../duration.ts';
import { check } from './check.ts';
import { type Finding, ok, unknown, warning, wrong } from './finding.ts';
import type { NodeLook } from './readings.ts';

/** A clock that is further off has its metrics and signatures refused or misread. */
const CLOCK_WITHIN = { minutes: 1 };

/** Whether what is to be restarted is there, as the machines themselves say. */
export const services = check({
  name: 'services',
  whether: 'each service that a remedy restarts exists on its machines, and their clocks are right (with --on-nodes)',
  needs: ['nodes'],
  judge({ nodes }) {
    if (nodes === undefined) return [ok('services', 'not asked for; --on-nodes asks the machines themselves')];
    const findings = nodes.flatMap(of);
    return findings.length > 0 ? findings : [ok('services', `${nodes.length} machines have every service, and the right time`)];
  },
});

function of({ id, ahead = 0, services: found, unread }: NodeLook): readonly Finding[] {
  if (unread !== undefined) return [unknown(id, `it could not be asked: ${unread}`)];
  const off = Math.abs(ahead) > milliseconds(CLOCK_WITHIN);
  return [
    ...(off ? [wrong(id, `its clock is ${inWords(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`, 'chronyc makestep')] : []),
    ...Object.entries(found).flatMap(([name, state]): readonly Finding[] => {
      if (state === 'active') return [];
      if (state === 'unanswered')
        return [unknown(id, `whether it has a service ${name} could not be told: a manager of services that is there gave no answer`)];
      return state === 'missing'
        ? [wrong(id, `it has no service ${name}, so that every restart of it would be refused`, `systemctl list-unit-files --type service`)]
        : [warning(id, `service ${name} is ${state}`, `systemctl status ${name}`)];
    }),
  ];
}
