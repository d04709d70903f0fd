import { afterBreach, afterWalk, type KeptOfDrill, type LastDrill, nextDrill, type RealDrill } from '../../core/drill-limit.ts';
import { TryAgain } from '../../core/failure.ts';
import type { DrillNotes } from '../../core/ports.ts';
import { type Target, targetKey } from '../../core/target.ts';
import { type IncidentTable, type Key, timeToLive } from './incident-table.ts';
import { changeVersioned, nextVersion, readVersioned, type Versioned } from './versioned-item.ts';

/**
 * What is kept of drills, in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `drill#policy#<name>` | `last` | the last drill of the policy |
 * | `drill#target#<key>` | `real` | the time in which what happens to the target belongs to a drill for real |
 */
export function drillNotes(table: IncidentTable): DrillNotes {
  const read = (policy: string) => readVersioned<LastDrill | undefined>(table.get, lastKey(policy), undefined);
  const realDrill = async (target: Target) => (await table.get<{ readonly real: RealDrill }>(markKey(target)))?.real;
  const write = async (policy: string, target: Target, known: Versioned<LastDrill | undefined>, { last, real }: KeptOfDrill) => {
    const mark = real ? [{ kind: 'put' as const, item: { ...markKey(target), real, ttl: timeToLive(real.until) } }] : [];
    return !(await table.transact([nextVersion(lastKey(policy), known, last), ...mark]));
  };
  return {
    async beginDrill(policy, request, now) {
      let why: string | undefined;
      const begin = (last: LastDrill | undefined) => {
        const answer = nextDrill(last, request, now);
        why = 'why' in answer ? answer.why : undefined;
        return 'why' in answer ? last : answer.last;
      };
      await changeVersioned(table, lastKey(policy), () => read(policy), begin);
      return why;
    },

    async endDrill({ policy, target, drill }, real, now) {
      const known = await read(policy);
      if (known.value?.drill !== drill) return undefined;
      const marked = real || known.value.over ? await realDrill(target) : undefined;
      if (known.value.over) return marked?.drill === drill ? marked : undefined;
      const kept = afterWalk(known.value, real, marked, now);
      return (await write(policy, target, known, kept)) ? kept.real : undefined;
    },

    async noteBreach({ policy, target, drill }, said, at) {
      const known = await read(policy);
      const kept = afterBreach(known.value, await realDrill(target), { drill, ...said }, at);
      if (kept && !(await write(policy, target, known, kept))) throw new TryAgain(`${lastKey(policy).pk} is contended`, undefined);
    },

    realDrill,
  };
}

function lastKey(policy: string): Key {
  return { pk: `drill#policy#${policy}`, sk: 'last' };
}

function markKey(target: Target): Key {
  return { pk: `drill#target#${targetKey(target)}`, sk: 'real' };
}
