import { answer } from '../approvals.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';
import { examples } from '../examples.ts';

export const deny: HealCommand = {
  addTo(program) {
    addCommand(program, 'deny <id> [reason]', 'say no to a question')
      .addHelpText('after', examples('deny ca63db8a-1 "the release is under way"'))
      .action((id: string, reason: string | undefined, given: Given) =>
        answeringOf(given, (operator, now, screen) => answer(operator, id, 'deny', now, screen, reason)),
      );
  },
  json: {
    request: 'the question',
    verdict: 'what the answers amount to',
    woken: 'whether its workflow still waited',
    unrecorded: 'why the history does not have it, or `null`',
  },
};
