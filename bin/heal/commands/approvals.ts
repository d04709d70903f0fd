import { approvals as open } from '../approvals.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';
import { type Watch, watchOption } from '../watch.ts';

export const approvals: HealCommand = {
  addTo(program) {
    addCommand(program, 'approvals', 'questions that wait for an answer')
      .addOption(watchOption())
      .addHelpText('after', examples('approvals --watch'))
      .action((given: Given & Watch) => answeringOf(given, open));
  },
  json: {
    eachOf: {
      shortId: 'what `approve` and `deny` take',
      id: 'the id of the question',
      incident: 'the id of the incident',
      policy: 'the policy',
      target: 'the target: its `kind`, and its `id` or `name`',
      rung: 'the number of the rung, from 0',
      remedy: 'the name of the remedy',
      seen: 'what was seen',
      summary: 'what would be done',
      askedAt: 'when it was asked, in milliseconds since 1970',
      until: 'until when it waits, in milliseconds since 1970',
      approvers: 'how many different people must approve',
      approvals: 'how many of the answers approve it in time, of different people',
      answers: 'the answers so far: `voter`, `who`, `answer`, `at`, `reason`',
    },
  },
};
