/** What runs the faulty tree, and must fail on it. */
export type Noticer =
  /** The exhaustive explorer, on one of its situations. */
  | { readonly by: 'explorer'; readonly situation: string; readonly preemptions?: number; readonly deaths?: number }
  /** A test on the local AWS. */
  | { readonly by: 'contract'; readonly file: string }
  /** A property test of the laws. */
  | { readonly by: 'law'; readonly file: string };

/** One deliberate fault: a text of the code that is replaced. */
export interface Fault {
  /** The promise, the guardrail or the condition that it breaks. */
  readonly breaks: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly noticed: Noticer;
}
