import { tooMany } from '@self-healing/simulation/invariants/acts-in-time.ts';
import { slotLimits } from '../../../lambdas/core/claim.ts';
import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act } from '../act.ts';
import { decidedAt, type Happenings, type Invariant, meetings, repairs } from './invariant.ts';

/** How long a claim may wait for its act, by which acts of two periods can come closer together: a step's queue and its repetitions. */
const CLAIM_TO_ACT_MS = 10_000;

function actsOnFleet({ acts }: Happenings): readonly Act[] {
  return acts.filter(({ target }) => target.startsWith('instance#'));
}

export const blastRadius: Invariant = {
  name: 'blast-radius',
  words: 'never more members of the fleet acted on at once than its blast radius allows',
  violations(happenings) {
    return meetings(actsOnFleet(happenings), happenings.now).flatMap(({ act, others }) => {
      const policy = happenings.policies.get(happenings.attemptOf(act)?.policy ?? '');
      if (policy?.group.kind !== 'tagged') return [];
      const most = slotLimits(policy.guardrails.blastRadius, { group: happenings.fleetSize, zone: happenings.fleetSize }).group;
      const open = [...others, act];
      const members = new Set(open.map(({ target }) => target)).size;
      if (members <= most) return [];
      return [
        {
          invariant: 'blast-radius',
          what: `${members} members are acted on at once; ${most} of ${happenings.fleetSize} are allowed`,
          acts: open,
        },
      ];
    });
  },
};

export const budget: Invariant = {
  name: 'budget',
  words: "never more acts in a period than the pipeline's budget",
  violations(happenings) {
    const [policy] = happenings.policies.values();
    if (!policy) return [];
    const { acts, per } = policy.guardrails.budget;
    const limit = { acts, milliseconds: milliseconds(per) - CLAIM_TO_ACT_MS };
    return tooMany(
      repairs(happenings),
      ({ at }) => at,
      () => limit,
    ).map(({ counted, most }) => ({
      invariant: 'budget',
      what: `${counted.length} acts in ${most.milliseconds / 1_000} s; ${most.acts} are allowed`,
      acts: counted,
    }));
  },
};

export const pause: Invariant = {
  name: 'pause',
  words: 'nothing that is decided during a pause is done',
  violations: (happenings) =>
    happenings.acts
      .filter((act) => happenings.pauses.some(({ from, until }) => decidedAt(act, happenings) > from && act.at < until))
      .map((act) => ({ invariant: 'pause', what: `${act.action} on ${act.target} while the pipeline was paused`, acts: [act] })),
};
