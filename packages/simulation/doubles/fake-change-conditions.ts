import type { CalendarState } from '../../../lambdas/core/change-conditions.ts';
import { Defect } from '../../../lambdas/core/failure.ts';
import type { ChangeCalendars, Deployment, Deployments, ProviderEvents } from '../../../lambdas/core/ports.ts';
import type { KeptProviderEvent } from '../../../lambdas/core/provider-event.ts';

/** What goes on around the targets, as the fakes show it. */
export interface Surroundings {
  /** Change calendars by name; Systems Manager refuses to read one that is not there. */
  readonly calendars: Map<string, CalendarState>;
  /** Deployments that have not ended, by `<application>/<group>`. */
  readonly deployments: Map<string, readonly string[]>;
  /** The deployment that began last, by `<application>/<group>`. */
  readonly lastDeployments: Map<string, Deployment>;
  /** Events of AWS Health by service, ARN and page. */
  readonly providerEvents: Map<string, KeptProviderEvent>;
}

export function emptySurroundings(): Surroundings {
  return { calendars: new Map(), deployments: new Map(), lastDeployments: new Map(), providerEvents: new Map() };
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

export function fakeDeployments({ deployments, lastDeployments }: Surroundings): Deployments {
  return {
    underWay: async ({ application, group }) => deployments.get(`${application}/${group}`) ?? [],
    async last({ application, group }, since) {
      const last = lastDeployments.get(`${application}/${group}`);
      return last && last.at >= since ? last : undefined;
    },
  };
}

/** Of each page the latest news is kept. */
export function fakeProviderEvents({ providerEvents }: Surroundings): ProviderEvents {
  return {
    async keep(event, now) {
      const key = `${event.service}#${event.arn}#${event.page}`;
      const known = providerEvents.get(key);
      if (known && known.updatedAt > event.updatedAt) return 'outdated';
      providerEvents.set(key, { ...event, heardAt: now });
      return 'kept';
    },
    kept: async () => [...providerEvents.values()],
  };
}
