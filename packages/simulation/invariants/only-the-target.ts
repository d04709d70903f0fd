import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const onlyTheTarget: Invariant = {
  name: 'nothing but the target of the incident is acted on, by a remedy of its ladder',
  breaches: (history) =>
    history.acts
      .filter(({ target, incidentTarget, by }) => {
        const rung = history.policies.get(by.policy ?? '')?.ladder[by.rung ?? -1];
        return target !== incidentTarget || rung?.remedy !== by.remedy || !rung?.acts;
      })
      .map((act) => `${inWords(act, history)}, whose target is ${act.incidentTarget}`),
};
