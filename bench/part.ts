/** A table as it is shown: numbers are formatted already. */
export interface ResultTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What must be known to read it. @default - nothing */
  readonly notes?: readonly string[];
}

/** What a part found: what is shown, and the same as data for whoever compares two runs. */
export interface PartResult {
  readonly tables: readonly ResultTable[];
  readonly figures: unknown;
}

export interface BenchContext {
  /** Events of each series, where events are measured. */
  readonly events: number;
  readonly seed: number;
  /** Told what is being done. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** What is to be ended afterwards, whatever happens, the last first. */
  readonly endings: (() => Promise<unknown>)[];
}

/** One part of the bench. */
export interface Part {
  readonly name: string;
  /** What is measured, in one line of the help. */
  readonly title: string;
  /** Answers in words why it could not be measured here, where that is so. */
  run(context: BenchContext): Promise<PartResult | { readonly skipped: string }>;
}
