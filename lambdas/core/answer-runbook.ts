/** The name of the runbook by which people answer questions in the console. */
export function answerRunbookName(pipeline: string): string {
  return `${pipeline}-answer`;
}
