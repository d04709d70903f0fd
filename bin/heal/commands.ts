import type { HealCommand } from './command.ts';
import { advise } from './commands/advise.ts';
import { approvals } from './commands/approvals.ts';
import { approve } from './commands/approve.ts';
import { completion } from './commands/completion.ts';
import { cost } from './commands/cost.ts';
import { demote } from './commands/demote.ts';
import { deny } from './commands/deny.ts';
import { doctor } from './commands/doctor.ts';
import { drill } from './commands/drill.ts';
import { history } from './commands/history.ts';
import { holdBreaker } from './commands/hold-breaker.ts';
import { instanceRole } from './commands/instance-role.ts';
import { pause } from './commands/pause.ts';
import { promote } from './commands/promote.ts';
import { releaseBreaker } from './commands/release-breaker.ts';
import { resume } from './commands/resume.ts';
import { status } from './commands/status.ts';
import { why } from './commands/why.ts';

/** The commands by their names, in the order in which help lists them. A new one is a file in `commands/` and a line here. */
export const commands: Readonly<Record<string, HealCommand>> = {
  status,
  history,
  why,
  pause,
  resume,
  approvals,
  approve,
  deny,
  promote,
  demote,
  'hold-breaker': holdBreaker,
  'release-breaker': releaseBreaker,
  advise,
  cost,
  completion,
  doctor,
  'instance-role': instanceRole,
  drill,
};
