import { statusOfAll } from '../all-pipelines.ts';
import { addCommand, answering, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { addOfAll, hubOf, type OfAll } from '../hub.ts';
import { type Limit, limitOption } from '../limit.ts';
import { status as looked, MOST_LISTED } from '../status.ts';
import { type Watch, watchOption } from '../watch.ts';

export const status: HealCommand = {
  addTo(program) {
    const command = addCommand(program, 'status', 'pause, open incidents, questions, modes and breakers')
      .addOption(watchOption(2_000))
      .addOption(limitOption(`${MOST_LISTED} incidents`));
    addOfAll(command, ['limit'])
      .addHelpText(
        'after',
        examples('status', 'status --watch 10s', 'status --all', 'status --json --region eu-central-1 --profile production'),
      )
      .action((given: Given & Watch & Limit & OfAll) =>
        given.all
          ? answering(given, (now, screen) => statusOfAll(hubOf(given, given), now, screen))
          : answeringOf(given, (operator, now, screen) => looked(operator, now, screen, given.limit)),
      );
  },
  json: {
    pipeline: 'name of the pipeline',
    pause: '`kind` is `running` or `paused`, then `why`',
    pauseEndsAt: 'when the pause ends by itself, or `null`',
    lastSet: 'the last `value` of the pause switch, `by` whom and `at` what time; absent where it is missing',
    hubPause: 'the last setting of the switch of the hub, or `null`',
    hub: 'with `--all`: name of the hub; of what follows there are then only `pause`, `setting` and `pipelines`',
    setting: 'with `--all`: the last `value` of the switch of the hub, `at` what time (milliseconds), `sequence` and `by` whom',
    pipelines: 'with `--all`: each `account`, `region` and `pipeline`, its last `report`, its `standing` and whether it is `silent`',
    incidents: 'the open incidents, newest first: `id`, `policy`, `symptom`, `target`, `since`, `rung`, `remedy`, `state`',
    moreIncidents: 'whether there are more than `--limit`',
    actsInLastHour: 'how often something was changed in the last hour',
    policies: 'each `policy` with its `own` mode, the `mode` in force, its `breaker` and `why`',
    waiting: 'the questions that wait for an answer, each with the `shortId` that `approve` takes and the `approvals` that count',
  },
};
