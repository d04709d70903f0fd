import { type Instant, iso } from '../duration.ts';
import { definedFields } from '../fields.ts';
import { oneLine, outsideText } from '../outside-text.ts';
import { redacted } from '../redaction.ts';
import { alertOf } from './alert.ts';
import { cut } from './cut.ts';
import { type Limits, limitsOf } from './limits.ts';
import { MOST_BYTES, MOST_TITLE, MOST_URL, type Notice, noticeSchema, type Severity, type Stage } from './notice.ts';
import type { Origin } from './origin.ts';
import type { Section } from './section.ts';

type Lists = 'seen' | 'done' | 'notDone' | 'why' | 'kept' | 'diagnosis' | 'later' | 'doNow' | 'links';
type Filled = 'version' | 'alert' | 'severity' | 'at' | 'title' | 'pipeline' | 'account' | 'region';

/** What a notice is composed of: without what every notice of the pipeline has, and in whatever length. */
export type Draft = Omit<Notice, Filled | Lists> &
  Partial<Pick<Notice, Lists>> & {
    /** The title without the place. */
    readonly headline: string;
    /** @default - by the stage */
    readonly severity?: Severity;
    /** Words of our own before a colon, such as `database auth`: what follows is no secret for their sake. @default - none */
    readonly names?: readonly string[];
    /** The symptom is known to be gone, whatever the reason says. @default - as the reason says */
    readonly symptomGone?: boolean;
  };

const severityOf: Readonly<Record<Stage, Severity>> = {
  started: 'info',
  'still-not-healed': 'warning',
  question: 'warning',
  answered: 'info',
  recovered: 'info',
  'handed-off': 'critical',
  'not-healed': 'warning',
  'given-back': 'info',
  'not-given-back': 'warning',
  storm: 'critical',
  pause: 'warning',
  digest: 'info',
};

/**
 * Composes a notice: puts the pipeline's origin to it, takes known secrets out of every text but links and commands, makes each one line,
 * and cuts what is longer than the schema allows. The only place where that is done, so that no way out has to do it again.
 */
export function composed(
  { pipeline, account, region }: Origin,
  { headline, names = [], symptomGone, ...draft }: Draft,
  now: Instant,
): Notice {
  const whole: Notice = {
    version: '1',
    ...{ at: iso(now), pipeline, account, region },
    title: titleOf(markOf(draft), outsideText(headline, MOST_TITLE, names), `, ${account.alias ?? account.id} ${region}`),
    ...{ seen: [], done: [], notDone: [], why: [], diagnosis: [], later: [], doNow: [], links: [] },
    ...draft,
    severity: draft.drill ? 'info' : (draft.severity ?? severityOf[draft.stage]),
    // Half of an address leads nowhere.
    links: (draft.links ?? []).filter(({ url }) => url.length <= MOST_URL),
    kept: redacted((draft.kept ?? []).join('\n'))
      .split('\n')
      .filter((line) => line.trim() !== ''),
  };
  const bounded = within(limits, whole, names) as Notice;
  const alert = alertOf(bounded, symptomGone);
  return small(alert === undefined ? bounded : { ...bounded, alert });
}

/** Where it is too long, the headline is cut, and never the place. */
function titleOf(mark: string, headline: string, place: string): string {
  return `${mark}${cut(headline, MOST_TITLE - mark.length - place.length)}${place}`;
}

const limits = limitsOf(noticeSchema);

/** Fields that are made to be used as they are, of words of our own alone. */
const OURS: ReadonlySet<string> = new Set<keyof Notice['links'][number] | keyof Notice['doNow'][number]>(['url', 'command']);

/** The value within the limits, without fields that are not given. */
function within(
  { maxLength, maxItems, items = {}, properties = {} }: Limits,
  value: unknown,
  names: readonly string[],
  field = '',
): unknown {
  if (typeof value === 'string') {
    if (maxLength === undefined) return value;
    return cut(OURS.has(field) ? oneLine(value) : outsideText(value, maxLength, names), maxLength);
  }
  if (Array.isArray(value)) return value.slice(0, maxItems).map((each) => within(items, each, names));
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(definedFields<unknown>({ ...value }));
  return Object.fromEntries(given.map(([name, each]) => [name, within(properties[name] ?? {}, each, names, name)]));
}

/** The notice below the bound: of what scripts and looks have found, half of the lines are left out until it is. Nothing else can be that long. */
function small(notice: Notice): Notice {
  if (bytesOf(notice) <= MOST_BYTES) return notice;
  const kept = notice.kept.slice(Math.ceil(notice.kept.length / 2));
  return small({ ...notice, kept, diagnosis: notice.diagnosis.flatMap(halved) });
}

function halved({ title, lines }: Section): Section[] {
  return lines.length === 0 ? [] : [{ title, lines: lines.slice(0, Math.floor(lines.length / 2)) }];
}

function bytesOf(notice: Notice): number {
  return new TextEncoder().encode(JSON.stringify(notice)).length;
}

function markOf({ drill, brokenOnPurpose }: Pick<Draft, 'drill' | 'brokenOnPurpose'>): string {
  if (drill) return 'DRILL: ';
  return brokenOnPurpose ? 'DRILL FOR REAL: ' : '';
}
