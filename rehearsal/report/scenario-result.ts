/** What one scenario showed: what was broken, what the pipeline did about it, and whether that was what should have happened. Times are ISO 8601. */
export interface ScenarioResult {
  /** Short name, as `--only` takes it, e.g. `service-killed`. */
  readonly name: string;
  /** The fault as a sentence, e.g. "The web service is killed". */
  readonly title: string;
  readonly policy: string;
  readonly target: string;
  readonly outcome: ScenarioOutcome;
  readonly reason: string;
  readonly expected: { readonly outcome: string; readonly reason: string };
  readonly passed: boolean;
  /** Why it failed or was not executed. */
  readonly why?: string;
  readonly rungs: readonly RungResult[];
  readonly fault?: string;
  readonly alarm?: string;
  readonly firstAction?: string;
  readonly end?: string;
  readonly timeline: readonly TimelineEntry[];
  readonly messages: readonly SentMessage[];
  /** What the gateway recorded as really done, never the pipeline's own word. */
  readonly acts: readonly { readonly at: string; readonly call: string }[];
  /** Sentences: what was real, what was simulated. */
  readonly real: readonly string[];
  readonly simulated: readonly string[];
}

/** `no-incident`: none was meant to be opened, and none was. `unfinished`: it was simulated, and no incident ended in time. `not-executed`: it could not be simulated here. */
export type ScenarioOutcome = 'recovered' | 'handed-off' | 'skipped' | 'no-incident' | 'unfinished' | 'not-executed';

/** One attempt at one rung of the ladder. */
export interface RungResult {
  readonly rung: number;
  readonly remedy: string;
  readonly at: string;
  readonly result: string;
}

export type TimelineKind = 'fault' | 'alarm' | 'decision' | 'action' | 'verification' | 'outcome' | 'message';

export interface TimelineEntry {
  readonly at: string;
  readonly kind: TimelineKind;
  readonly text: string;
}

/** A notification as its reader gets it. */
export interface SentMessage {
  readonly at: string;
  readonly subject: string;
  readonly body: string;
}

/** A whole rehearsal; what `rehearsal/out/result.json` holds. */
export interface RehearsalResult {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly exitCode: number;
  readonly durationSeconds: number;
  /** How many times faster than on AWS alarms and waits ran. */
  readonly timeScale: number;
  /** Versions of what took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly scenarios: readonly ScenarioResult[];
  /** Sentences that hold for every scenario. */
  readonly simulated: readonly string[];
  /** How the managed nodes ran, and why in that way or not at all. */
  readonly nodes: { readonly how: string; readonly why?: string };
}
