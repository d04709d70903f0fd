import { AwsError, type Service } from '../gateway/service.ts';

/** One change calendar as it stands. */
export interface ChangeCalendar {
  readonly state: 'OPEN' | 'CLOSED';
  /** When an event of it begins or ends next. @default - none is planned */
  readonly changesAt?: Date;
}

/** Change calendars, by document name. Whoever plays sets them. */
export function createChangeCalendar(calendars: ReadonlyMap<string, ChangeCalendar>): Service {
  return {
    service: 'ssm',
    note: 'Change calendars are what is said here; on AWS they are documents with iCalendar events, and their state follows from the time.',
    actions: {
      GetCalendarState: async ({ CalendarNames }) => {
        const asked = (CalendarNames as readonly string[]).map((name) => calendarNamed(name, calendars));
        const changes = asked.flatMap(({ changesAt }) => (changesAt ? [changesAt.getTime()] : []));
        return {
          State: asked.every(({ state }) => state === 'OPEN') ? 'OPEN' : 'CLOSED',
          AtTime: isoSeconds(new Date()),
          ...(changes.length > 0 && { NextTransitionTime: isoSeconds(new Date(Math.min(...changes))) }),
        };
      },
    },
  };
}

function calendarNamed(name: string, calendars: ReadonlyMap<string, ChangeCalendar>): ChangeCalendar {
  const found = calendars.get(name.split('/').at(-1) ?? name);
  if (!found) throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
  return found;
}

/** Systems Manager writes full seconds. */
function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
