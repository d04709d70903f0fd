import { commandName } from '../command-name.ts';
import { parsePause } from '../pause.ts';
import { check } from './check.ts';
import { ok, warning, wrong } from './finding.ts';

/** Whether the pipeline may act. */
export const pause = check({
  name: 'pause',
  whether: 'the pipeline is not paused',
  needs: ['pause'],
  judge({ pause: { value, at, by } }, { now }) {
    const resume = `${commandName} resume`;
    if (value === undefined) return [wrong('pause switch', 'it is missing, and so the pipeline is paused', resume)];
    const said = parsePause(value, now);
    if (said.kind === 'running') return [ok('pause switch', 'it lets the pipeline act')];
    return [warning('pause switch', `${said.why}${at === undefined ? '' : `; set at ${at} by ${by}`}`, resume)];
  },
});
