import { answer } from '../approvals.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';

export const approve: HealCommand = {
  addTo(program) {
    addCommand(program, 'approve <id>', 'say yes to a question')
      .addHelpText('after', examples('approve ca63db8a-1'))
      .action((id: string, given: Given) => answeringOf(given, (operator, now, screen) => answer(operator, id, 'approve', now, screen)));
  },
  json: {
    request: 'the question',
    verdict: 'what the answers amount to',
    woken: 'whether its workflow still waited',
    unrecorded: 'why the history does not have it, or `null`',
  },
};
