import { Option } from 'commander';
import { ownCommandHere } from '../../../lambdas/core/commands-here.ts';
import { CannotDo } from '../cannot-do.ts';
import { addCommand, answering, answeringOf, type Given, type HealCommand } from '../command.ts';
import { drill as held } from '../drill.ts';
import { type DrillOfAll, drillAll } from '../drill-all.ts';
import { drillForReal } from '../drill-for-real.ts';
import { examples } from '../examples.ts';
import { addOfAll, hubOf, type OfAll } from '../hub.ts';
import { nameArgument } from '../name-argument.ts';
import { onlyWith } from '../only-with.ts';
import { drillsRights } from '../rights.ts';
import { span } from '../span.ts';

export const drill: HealCommand = {
  addTo(program) {
    const command = addCommand(
      program,
      'drill [policy]',
      'walk the way of an incident in shadow, and say how far it goes; breaks something only with --for-real',
    )
      .option('--target <id>', 'the instance, of a fleet; a policy with one target needs none', nameArgument)
      .addOption(new Option('--within <span>', 'how long its end is waited for').argParser(span).default(span('20m'), '20m'))
      .option('--for-real', 'break something of the target, where that was deployed, and see it healed; its own timer undoes it')
      .option('--service <name>', 'the service that is stopped for real', nameArgument)
      .option('--fill', 'fill the file system that the policy watches for real, to 90 % at the most')
      .option('--minutes <number>', 'when it is undone at the latest, 5 to 60', '15');
    onlyWith(addOfAll(command), 'minutes', 'forReal')
      .addHelpText(
        'after',
        examples(
          'drill Fleet-memory --target i-0123456789abcdef0',
          'drill Database-cpu --within 5m',
          'drill Fleet-service-down --for-real --target i-0123456789abcdef0 --service nginx',
          'drill Fleet-disk --for-real --target i-0123456789abcdef0 --fill --minutes 30',
          'drill --all',
          'drill Web-service-down --all --within 5m',
        ),
      )
      .addHelpText(
        'after',
        [
          '\nWith --all each pipeline that lets its hub ask holds one itself, in shadow and once an hour at the most: of the policy, or of the',
          'next of its policies where none is named. Nothing is broken, and each chooses the machine.',
          '\nExit code: 0 when the way was whole (for real: when it was healed; with --all: when all were), 1 when something stopped the drill or',
          'no end was seen.',
        ].join('\n'),
      )
      .action((policy: string | undefined, given: Given & DrillOfAll & OfAll) => {
        const failing = { rights: drillsRights(given) };
        if (given.all) return answering(given, (now, screen) => drillAll(hubOf(given, given), policy, given, now, screen), failing);
        if (policy === undefined) return answering(given, () => withoutPolicy(given), { exitCode: 2 });
        return answeringOf(
          given,
          (operator, _, screen) => (given.forReal ? drillForReal(operator, policy, given, screen) : held(operator, policy, given, screen)),
          failing,
        );
      });
  },
  json: {
    drill: 'the id of the drill, by which `history` and `why` find its lines',
    policy: 'the policy',
    target: 'the instance, for real',
    service: 'the service that is stopped, for real',
    broken: 'whether it was broken, for real: the service was stopped, or the file system filled',
    filled: 'the mount point of the file system that was filled, for real',
    whole: 'whether the way was walked to its end; for real, whether the target was healed',
    reason: 'how it ended, `drill` when it was whole, for real `healed`; absent where no end was seen',
    why: 'the same in words',
    incident: 'the id of its incident, if it came so far',
    steps: 'each step: `afterSeconds` since the beginning, `what` and what was `said`',
    secondsToSignal: 'from the beginning to the signal at intake, if one came: for real, what the alarm took',
    secondsToAct: 'from the beginning to where the first remedy would have acted, for real to where it did, if it came so far',
    secondsToEnd: 'from the beginning to the end, if there is one',
    request: 'with `--all`: the id of the request; of what is named above there is then only what each of `pipelines` has',
    hub: 'with `--all`: name of the hub',
    pipelines:
      'with `--all`: each `account`, `region` and `pipeline`, its `state` (`whole`, `stopped`, `refused`, `not-taken`, `no-answer` or `no-end`) and `why`; of one that was held also `policy`, `drill`, `target` of a fleet, `reason` and `seconds`',
  },
};

async function withoutPolicy(given: Given): Promise<never> {
  throw new CannotDo(
    'a drill needs a policy',
    `name one that "${ownCommandHere(given, 'status')}" lists, or say --all in the account of a hub`,
  );
}
