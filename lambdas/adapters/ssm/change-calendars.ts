import { GetCalendarStateCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Defect } from '../../core/failure.ts';
import type { ChangeCalendars } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** Change Calendar of Systems Manager. */
export function changeCalendars(client = new SSMClient({})): ChangeCalendars {
  return {
    async state(names) {
      const command = new GetCalendarStateCommand({ CalendarNames: [...names] });
      const { State, NextTransitionTime } = await reading('read the change calendar', () => client.send(command));
      if (State === 'OPEN') return { kind: 'open' };
      if (State !== 'CLOSED') throw new Defect(`read the change calendar: it is ${State}`, undefined);
      const changesAt = Date.parse(NextTransitionTime ?? '');
      return { kind: 'closed', ...(Number.isFinite(changesAt) && { changesAt }) };
    },
  };
}
