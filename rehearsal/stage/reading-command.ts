/** The documents that only read, by the end of their names: what a hand-off tells of a machine. */
const READING = /-diagnose$/;

/** Whether a call sends a command that changes nothing, and so is no act. That its script changes nothing is tested on a real machine. */
export function isReadingCommand(action: string, parameters: unknown): boolean {
  const { DocumentName } = (parameters ?? {}) as { readonly DocumentName?: unknown };
  return action === 'SendCommand' && READING.test(String(DocumentName));
}
