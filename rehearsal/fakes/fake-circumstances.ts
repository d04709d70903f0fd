import type { CalendarState } from '../../lambdas/core/circumstances.ts';
import { Defect } from '../../lambdas/core/failure.ts';
import type { ChangeCalendars, Deployments } from '../../lambdas/core/ports.ts';

/** What goes on around the targets, as the fakes show it. */
export interface Surroundings {
  /** Change calendars by name; Systems Manager refuses to read one that is not there. */
  readonly calendars: Map<string, CalendarState>;
  /** Deployments that have not ended, by `<application>/<group>`. */
  readonly deployments: Map<string, readonly string[]>;
}

export function emptySurroundings(): Surroundings {
  return { calendars: new Map(), deployments: new Map() };
}

/** One calendar that is closed closes all that are asked for together. */
export function fakeCalendars({ calendars }: Surroundings): ChangeCalendars {
  return {
    async state(names) {
      const states = names.map((name) => {
        const state = calendars.get(name);
        if (!state) throw new Defect(`read the change calendar: InvalidDocument: ${name}`, undefined);
        return state;
      });
      return states.find(({ kind }) => kind !== 'open') ?? { kind: 'open' };
    },
  };
}

export function fakeDeployments({ deployments }: Surroundings): Deployments {
  return { underWay: async ({ application, group }) => deployments.get(`${application}/${group}`) ?? [] };
}
