import { answer } from '../approvals.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';

export const deny: HealCommand = {
  addTo(program) {
    addCommand(program, 'deny <id> [reason]', 'say no to a question').action((id: string, reason: string | undefined, given: Given) =>
      answeringOf(given, (operator, now) => answer(operator, id, 'deny', now, reason)),
    );
  },
  json: { request: 'the question', verdict: 'what the answers amount to', woken: 'whether its workflow still waited' },
};
