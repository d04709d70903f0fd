import { Option } from 'commander';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { type DrillChoice, drill as held } from '../drill.ts';
import { examples } from '../examples.ts';
import { span } from '../span.ts';

export const drill: HealCommand = {
  addTo(program) {
    addCommand(program, 'drill <policy>', 'walk the way of an incident in shadow, and say how far it goes; does nothing to the target')
      .option('--target <id>', 'the instance, of a fleet; a policy with one target needs none')
      .addOption(new Option('--within <span>', 'how long its end is waited for').argParser(span).default(span('10m'), '10m'))
      .addHelpText('after', examples('drill Fleet-memory --target i-0123456789abcdef0', 'drill Database-cpu --within 5m'))
      .addHelpText('after', '\nExit code: 0 when the way was whole, 1 when something stopped the drill or no end was seen.')
      .action((policy: string, given: Given & DrillChoice) =>
        answeringOf(given, (operator, _, screen) => held(operator, policy, given, screen)),
      );
  },
  json: {
    drill: 'the id of the drill, by which `history` and `why` find its lines',
    policy: 'the policy',
    whole: 'whether the way was walked to its end',
    reason: 'how it ended, `drill` when it was whole; absent where no end was seen',
    why: 'the same in words',
    incident: 'the id of its incident, if it came so far',
    steps: 'each step: `afterSeconds` since the event, `what` and what was `said`',
    secondsToAct: 'from the event to where the first remedy would have acted, if it came so far',
    secondsToEnd: 'from the event to the end, if there is one',
  },
};
