/** Not the beginning of the sweep's source, which intake believes to tell of a real alarm. */
const PREFIX = 'self-healing-drill.';

/** The detail type of the event that begins a drill. */
export const DRILL = 'Self-Healing Drill';

/** The source of the drills of a pipeline: whoever may put events under it can begin drills, and nothing else. */
export function drillSource(pipeline: string): string {
  return `${PREFIX}${pipeline}`;
}

export function isOfDrill(source: string): boolean {
  return source.startsWith(PREFIX);
}

/** What a drill is begun with. */
export interface DrillRequest {
  readonly policy: string;
  /** Names the drill, so that an event that comes twice begins one: `drillIdPattern`. */
  readonly drill: string;
  /** The id of the target. @default - that of the policy, which has only one */
  readonly target?: string | undefined;
  /** For so many minutes something of the target is going to be broken for real once the way was walked. @default - nothing is broken */
  readonly minutes?: number | undefined;
  /** What is going to be broken is a file system that is filled, which the policy must allow. @default - it is something else */
  readonly fill?: true | undefined;
  /** What is going to be broken is a service that is stopped, which the policy must know. @default - it is not said which, or something else */
  readonly service?: string | undefined;
  /** Whoever holds it says by `breach` when something is broken. @default - it is broken as soon as the way was walked */
  readonly announces?: true | undefined;
  /** What becomes of what is broken for real, of a drill whose way was walked. @default - the event begins the drill */
  readonly breach?: Breach | undefined;
}

/**
 * `begins`: something is about to be broken. `cancelled`: nothing was, as where the machine refused. `over`: the target is healed, and nothing
 * is broken any more.
 */
export const breaches = ['begins', 'cancelled', 'over'] as const;

export type Breach = (typeof breaches)[number];

export const drillIdPattern = /^[0-9a-f]{16}$/;

/** The event by which the rule of the policy is told to begin a drill, or what becomes of what is broken in one. */
export function drillEvent({ policy, drill, target, minutes, fill, service, announces, breach }: DrillRequest) {
  const detail = {
    ...{ policy, drill },
    ...(target !== undefined && { target }),
    ...(minutes !== undefined && { minutes }),
    ...(fill && { fill }),
    ...(service !== undefined && { service }),
    ...(announces && { announces }),
    ...(breach && { breach }),
  };
  return { detailType: DRILL, detail };
}

/** How long something may be broken for real, in minutes. */
export const BROKEN_MINUTES = { least: 5, most: 60 } as const;

/** The Command document by which a service is stopped in a drill for real. */
export function stopServiceDocument(pipeline: string): string {
  return `${pipeline}-stop-service`;
}

/** The Command document by which a file system is filled in a drill for real. */
export function fillFolderDocument(pipeline: string): string {
  return `${pipeline}-fill-folder`;
}
