import { after, iso } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Nothing is changed while a change calendar is closed, nor while it is not known whether it is. */
export const changeCalendar: Guardrail = ({ policy, snapshot, now }) => {
  const { calendar } = snapshot.changeConditions;
  if (calendar.kind === 'open') return undefined;
  const { calendars = [], lookEvery } = policy.guardrails;
  const names = `change calendar ${calendars.join(', ')}`;
  if (calendar.kind === 'closed') {
    const { changesAt } = calendar;
    const why = `${names} is closed${changesAt === undefined ? '' : ` until ${iso(changesAt)}`}`;
    return { kind: 'wait', reason: 'change-calendar', why, until: Math.max(changesAt ?? 0, after(now, lookEvery)) };
  }
  const why = `${names} could not be read, which counts as closed: ${calendar.why}`;
  if (calendar.lasting) return { kind: 'end', reason: 'change-calendar', why };
  return { kind: 'wait', reason: 'change-calendar', why, until: after(now, lookEvery) };
};
