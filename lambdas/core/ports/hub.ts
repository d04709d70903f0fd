import type { AskedDrill, AskedDrills } from '../hub/asked-drill.ts';
import type { HubPause, HubPauseOf } from '../hub/hub-pause.ts';
import type { PipelinePlace } from '../hub/place.ts';
import type { KnownPipeline, Report, Told } from '../hub/report.ts';

/** The hub's pause as a pipeline keeps it, beside its own switch. */
export interface HubPauses {
  /** Undefined where none was heard of. */
  read(): Promise<HubPause | undefined>;
  /** Keeps it in the place of an earlier one, or of another hub's; false where a later one of the same hub, or the same, is there already. */
  keep(pause: HubPauseOf): Promise<boolean>;
  /** Whether the line of the history about the kept one was written. */
  isWritten(): Promise<boolean>;
  /** Notes that it was, unless another one is kept by now. */
  noteWritten(pause: HubPause): Promise<void>;
}

/** What a pipeline keeps of the drills that its hub asked for. */
export interface AskedDrillNotes {
  read(): Promise<AskedDrills>;
  /** Keeps them as they were changed. Of two that change them at once the change of each is made on what the other left. */
  change(to: (known: AskedDrills) => AskedDrills): Promise<AskedDrills>;
}

/** What a pipeline tells its hub. */
export interface HubReports {
  send(report: Report): Promise<void>;
}

/** The pipelines that a hub knows, by their last reports. */
export interface KnownPipelines {
  all(): Promise<readonly KnownPipeline[]>;
  /** Keeps a report in the place of an earlier one; a later one stays. */
  keep(place: PipelinePlace, report: Report): Promise<void>;
  /** Notes that the pause was sent, and what AWS said where it did not take it. */
  noteTold(place: PipelinePlace, told: Told): Promise<void>;
}

/** The way to the buses of pipelines in any account and Region. */
export interface PipelineBuses {
  tell(place: PipelinePlace, pause: HubPause): Promise<void>;
  /** Asks for a drill, which the pipeline may refuse. */
  ask(place: PipelinePlace, drill: AskedDrill): Promise<void>;
}

/** Tells CloudWatch of how many pipelines people are to be told, for the alarms about them. */
export interface HubMetrics {
  spread(found: { readonly newlySilent: number; readonly newlyUnconfirmed: number }): void;
}
