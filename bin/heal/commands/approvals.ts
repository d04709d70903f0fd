import { approvals as open } from '../approvals.ts';
import { addCommand, answeringOf, type Given, type HealCommand } from '../command.ts';

export const approvals: HealCommand = {
  addTo(program) {
    addCommand(program, 'approvals', 'questions that wait for an answer').action((given: Given) => answeringOf(given, open));
  },
  json: { eachOf: { shortId: 'what to type', answers: 'who answered what' } },
};
