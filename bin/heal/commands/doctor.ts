import { doctorOfAll } from '../all-pipelines.ts';
import { addCommand, answering, type Given, type HealCommand } from '../command.ts';
import { type DoctorOptions, doctor as look } from '../doctor.ts';
import { addOfAll, hubOf, type OfAll } from '../hub.ts';
import { doctorRights } from '../rights.ts';

export const doctor: HealCommand = {
  addTo(program) {
    const command = addCommand(program, 'doctor', 'what is not set up, or out of order, before the first fault; changes nothing')
      .option('--only <check...>', 'only these checks, such as subscriptions, alarms or roles')
      .option('--on-nodes', 'also ask the machines, by a read-only document, for their services and their clock');
    addOfAll(command, ['only', 'onNodes'])
      .addHelpText('after', '\nExit code: 0 all is well or only warned of, 1 something is wrong, 2 something could not be looked at.')
      .action((given: Given & DoctorOptions & OfAll) =>
        answering(
          given,
          (now, screen) => (given.all ? doctorOfAll(hubOf(given, given), now, screen) : look(given.pipeline, given, given, now, screen)),
          { rights: doctorRights(given), exitCode: 2 },
        ),
      );
  },
  json: {
    eachOf: {
      check: 'name of the check; with `--all` a pipeline, as `account/region/name`',
      whether: 'what it makes sure of',
      findings: 'what it found: `state` (`ok`, `warning`, `wrong` or `unknown`), `about` what, what it `says`, and what would `mend` it',
    },
  },
};
