import { ownCommandHere } from '../commands-here.ts';
import { iso } from '../duration.ts';
import { USUAL_HUB } from '../hub/hub-names.ts';
import { hubSays } from '../hub/hub-pause.ts';
import { parsePause } from '../pause.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import type { Readings } from './readings.ts';

/** Whether the pipeline may act: its own switch and that of its hub both let it. */
export const pause = check({
  name: 'pause',
  whether: 'the pipeline is not paused, neither by itself nor by its hub',
  needs: ['pause', 'hubPause'],
  judge({ pause, hubPause }, place) {
    const theirs = hubSays(hubPause, place.now);
    return [
      ofOwnSwitch(pause, place),
      ...(hubPause && theirs.kind === 'paused'
        ? [warning('pause of the hub', `${theirs.why}; set at ${iso(hubPause.at)} by ${hubPause.by}`, HUB_RESUMES)]
        : []),
    ];
  },
});

const HUB_RESUMES = `only the hub ends it, in its own account: ${ownCommandHere({ hub: USUAL_HUB }, 'resume')}`;

function ofOwnSwitch({ value, at, by }: Readings['pause'], { now, ...place }: Place): Finding {
  const resume = ownCommandHere(place, 'resume');
  if (value === undefined) return wrong('pause switch', 'it is missing, and so the pipeline is paused', resume);
  const said = parsePause(value, now);
  if (said.kind === 'running') return ok('pause switch', 'it lets the pipeline act');
  return warning('pause switch', `${said.why}${at === undefined ? '' : `; set at ${at} by ${by}`}`, resume);
}
