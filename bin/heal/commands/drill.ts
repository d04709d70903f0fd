import { Option } from 'commander';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { type DrillChoice, drill as held } from '../drill.ts';
import { drillForReal, type RealDrillChoice } from '../drill-for-real.ts';
import { examples } from '../examples.ts';
import { span } from '../span.ts';

export const drill: HealCommand = {
  addTo(program) {
    addCommand(
      program,
      'drill <policy>',
      'walk the way of an incident in shadow, and say how far it goes; breaks something only with --for-real',
    )
      .option('--target <id>', 'the instance, of a fleet; a policy with one target needs none')
      .addOption(new Option('--within <span>', 'how long its end is waited for').argParser(span).default(span('20m'), '20m'))
      .option('--for-real', 'break something of the target, where that was deployed, and see it healed; its own timer undoes it')
      .option('--service <name>', 'the service that is stopped for real')
      .option('--fill', 'fill the file system that the policy watches for real, to 90 % at the most')
      .option('--minutes <number>', 'when it is undone at the latest, 5 to 60', '15')
      .addHelpText(
        'after',
        examples(
          'drill Fleet-memory --target i-0123456789abcdef0',
          'drill Database-cpu --within 5m',
          'drill Fleet-service-down --for-real --target i-0123456789abcdef0 --service nginx',
          'drill Fleet-disk --for-real --target i-0123456789abcdef0 --fill --minutes 30',
        ),
      )
      .addHelpText(
        'after',
        '\nExit code: 0 when the way was whole (for real: when it was healed), 1 when something stopped the drill or no end was seen.',
      )
      .action((policy: string, given: Given & DrillChoice & RealDrillChoice & { readonly forReal?: boolean }) =>
        answeringOf(given, (operator, _, screen) =>
          given.forReal ? drillForReal(operator, policy, given, screen) : held(operator, policy, given, screen),
        ),
      );
  },
  json: {
    drill: 'the id of the drill, by which `history` and `why` find its lines',
    policy: 'the policy',
    target: 'the instance, for real',
    service: 'the service that was stopped, for real',
    filled: 'the mount point of the file system that was filled, for real',
    whole: 'whether the way was walked to its end; for real, whether the target was healed',
    reason: 'how it ended, `drill` when it was whole, for real `healed`; absent where no end was seen',
    why: 'the same in words',
    incident: 'the id of its incident, if it came so far',
    steps: 'each step: `afterSeconds` since the beginning, `what` and what was `said`',
    secondsToSignal: 'from the beginning to the signal at intake, if one came: for real, what the alarm took',
    secondsToAct: 'from the beginning to where the first remedy would have acted, for real to where it did, if it came so far',
    secondsToEnd: 'from the beginning to the end, if there is one',
  },
};
