import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { status as looked } from '../status.ts';

export const status: HealCommand = {
  addTo(program) {
    addCommand(program, 'status', 'pause, modes, breakers, open incidents and questions').action((given: Given) =>
      answeringOf(given, looked),
    );
  },
  json: {
    pipeline: 'name of the pipeline',
    pause: '`kind` is `running` or `paused`, then `why`',
    lastSet: 'the last value of the pause switch, `by` whom and `at` what time',
    incidents: 'ids of the open incidents',
    actsInLastHour: 'how often something was changed in the last hour',
    policies: 'each with its `own` mode, the `mode` in force, its `breaker` and `why`',
    waiting: 'the questions that wait for an answer',
  },
};
