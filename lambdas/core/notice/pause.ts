import { type Instant, inWords, iso } from '../duration.ts';
import type { PauseNews } from '../pause-watch.ts';
import { ownCommand } from './commands.ts';
import { composed } from './compose.ts';
import type { Notice } from './notice.ts';
import { type Origin, placeOf } from './origin.ts';

const words = { began: 'PAUSED', lasts: 'STILL PAUSED', ended: 'RUNNING AGAIN' } as const;

const PAUSE_OVER = 'Nothing where an alarm stands: what ended as "paused" is taken up again. An event of RDS is not: look at its database.';

/** Tells that the pipeline is paused, still is, or acts again. */
export function pauseNotice(origin: Origin, { kind, why, since, by, until }: PauseNews, now: Instant): Notice {
  const { pipeline } = origin;
  const thread = `${placeOf(origin)}/pause/${iso(since)}`;
  const isOver = kind === 'ended';
  return composed(
    origin,
    {
      ...{ id: `${thread}/${kind === 'lasts' ? iso(now) : kind}`, thread, stage: 'pause', reason: `pause-${kind}` },
      ...(isOver && { severity: 'info' }),
      headline: `${words[kind]}: pipeline ${pipeline}`,
      seen: isOver
        ? [why, `It was paused from ${iso(since)} on, for ${inWords(now - since)}.`]
        : [
            why,
            `set at ${iso(since)}, ${inWords(now - since)} ago${by === undefined ? '' : `, by ${by}`}`,
            until === undefined ? 'It has no end: only a person ends it.' : `It ends by itself at ${iso(until)}.`,
          ],
      why: isOver ? [] : ['While it is paused, the pipeline starts nothing new.'],
      doNow: isOver
        ? [{ text: PAUSE_OVER }]
        : [{ text: 'Handle symptoms by hand. When the work is done:', command: ownCommand(origin, 'resume') }],
    },
    now,
  );
}
