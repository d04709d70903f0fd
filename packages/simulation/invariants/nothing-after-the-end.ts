import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const nothingAfterTheEnd: Invariant = {
  name: 'nothing is done once an incident is being concluded',
  breaches: (history) =>
    history.acts
      .filter(({ at, by }) => {
        const concluded = history.executions.get(by.execution ?? '')?.visits.find(({ state }) => state === 'Conclude');
        return concluded !== undefined && at > concluded.at;
      })
      .map((act) => inWords(act, history)),
};
