/** What runs the faulty tree, and must fail on it. */
export type Noticer =
  /** The exhaustive explorer, on one of its situations. */
  | { readonly by: 'explorer'; readonly situation: string; readonly preemptions?: number; readonly deaths?: number }
  /** A test on the local AWS. */
  | { readonly by: 'contract'; readonly file: string }
  /** A property test of the invariants. */
  | { readonly by: 'invariant'; readonly file: string };

/** A text of the code that is replaced. */
export interface Edit {
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** One deliberate fault. */
export interface Fault extends Edit {
  /** The promise, the guardrail or the condition that it breaks. */
  readonly breaks: string;
  /** What must be replaced, too, where more than one place keeps the promise. @default - nothing */
  readonly also?: readonly Edit[];
  readonly noticed: Noticer;
}
