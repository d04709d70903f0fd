/** What a function's code is made from. */
export interface FunctionEntry {
  /** The entry's file name under `lambdas/handlers`, without `.ts`. */
  readonly handler: string;
  /** The file name of the remediator that the function serves, of an entry that serves one each. @default - none */
  readonly remediator?: string;
}

/** The folder of a function's bundle. */
export function bundleName({ handler, remediator }: FunctionEntry): string {
  return remediator === undefined ? handler : `${handler}-${remediator}`;
}
