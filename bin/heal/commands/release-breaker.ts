import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { releaseBreaker as released } from '../policies.ts';

export const releaseBreaker: HealCommand = {
  addTo(program) {
    addCommand(program, 'release-breaker <policy>', "close a policy's circuit breaker")
      .addHelpText('after', examples('release-breaker Fleet-memory'))
      .action((policy: string, given: Given) => answeringOf(given, (operator, now) => released(operator, policy, now)));
  },
  json: { policy: 'the policy', before: 'its circuit breaker before', breaker: 'its circuit breaker now' },
};
