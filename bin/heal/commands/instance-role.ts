import { Option } from 'commander';
import { addCommand, answering, type Given, type HealCommand } from '../command.ts';
import { deployedRole, lackingRole, printedRole } from '../instance-role.ts';
import { deployingRights, doctorRights } from '../rights.ts';

interface InstanceRoleOptions {
  readonly deploy?: boolean;
  readonly check?: boolean;
}

export const instanceRole: HealCommand = {
  addTo(program) {
    addCommand(program, 'instance-role', 'the role that instances need: print it, make it, or see who lacks it')
      .option('--print', 'print role and instance profile as a template of CloudFormation, in JSON (what is done without any of these)')
      .addOption(new Option('--deploy', 'make or change them by a stack of their own; doing it twice is doing it once').conflicts('print'))
      .addOption(new Option('--check', 'list the running instances that lack its rights').conflicts(['print', 'deploy']))
      .addHelpText(
        'after',
        '\nExit code of --check: 0 none lacks them, 1 some do, 2 the rights of some, or anything at all, could not be read.',
      )
      .action((given: Given & InstanceRoleOptions) =>
        answering(
          given,
          async (now, screen) => {
            if (given.deploy) return deployedRole(given.pipeline, given);
            return given.check ? lackingRole(given.pipeline, given, now, screen) : printedRole(given.pipeline);
          },
          given.check ? { rights: doctorRights(given), exitCode: 2 } : { rights: deployingRights },
        ),
      );
  },
  json: {
    Resources: 'the template, without an option or with `--print`',
    stack: 'name of the stack, with `--deploy`',
    was: '`made`, `changed` or `the same`, with `--deploy`',
    profile: 'name of the instance profile, with `--deploy`',
    lacks: 'with `--check` each `instance` with its `profile`, its `role` and the managed `policies` whose rights it lacks',
    unread: 'with `--check` each `profile` whose rights could not be read, and `why`',
  },
};
