import { CLOCKS_DIFFER, type Instant, inWords, iso, milliseconds } from '../core/duration.ts';
import type { Alarms, Instances } from '../core/ports.ts';
import type { Reason, Witness } from '../core/reasons.ts';
import { isSame } from '../core/same.ts';
import type { Contributor, Signal } from '../core/signal.ts';

export interface ConfirmPorts {
  readonly alarms: Pick<Alarms, 'inAlarm' | 'contributorsInAlarm'>;
  readonly instances: Pick<Instances, 'impaired'>;
}

/** What the sweep brought is not so. */
export interface Unconfirmed {
  readonly reason: Extract<Reason, 'unconfirmed' | 'muted'>;
  readonly why: string;
  readonly witness?: Witness;
}

/** What AWS itself says of the signal. */
interface Found {
  readonly since?: Instant;
  readonly reason?: string;
  readonly contributor?: Contributor;
}

/**
 * Reads whether it is so now, and since when, what an event of the sweep's source says. Whoever may put events on the bus may
 * use that source; so nothing is taken from the event but what is to be asked for. Answers the signal as AWS has it.
 */
export async function confirmSwept(signal: Signal, ports: ConfirmPorts): Promise<Signal | Unconfirmed> {
  const found = await find(signal, ports);
  if ('why' in found) return found;
  const { since, reason = signal.reason, contributor } = found;
  if (since === undefined || Math.abs(since - signal.at) > milliseconds(CLOCKS_DIFFER)) {
    const actual = since === undefined ? 'at a time that is not known' : `since ${iso(since)}, ${inWords(Math.abs(since - signal.at))} off`;
    return unconfirmed(`${signal.alarmName} is in ALARM ${actual}; the event says since ${iso(signal.at)}`);
  }
  return { ...signal, at: since, reason, ...(contributor && { contributor }) };
}

async function find({ alarmName, check, contributor }: Signal, { alarms, instances }: ConfirmPorts): Promise<Found | Unconfirmed> {
  if (check) {
    const found = (await instances.impaired(check)).find(({ id }) => id === contributor?.id);
    return found ?? unconfirmed(`EC2 does not find the ${check} status check of ${contributor?.id} impaired`);
  }
  const [alarm] = await alarms.inAlarm([alarmName]);
  if (!alarm) return unconfirmed(`alarm ${alarmName} is not in ALARM`);
  if (alarm.quieted) {
    const why = `alarm ${alarmName} is muted or suppressed, or its actions are disabled`;
    return { reason: 'muted', why, witness: { kind: 'person', id: `whoever keeps alarm ${alarmName} quiet` } };
  }
  if (!contributor) return alarm;
  const { contributors } = await alarms.contributorsInAlarm(alarmName);
  const found = contributors.find(({ id }) => id === contributor.id);
  if (!found) return unconfirmed(`contributor ${contributor.id} of alarm ${alarmName} is not in ALARM`);
  if (!isSame(found.attributes, contributor.attributes)) {
    return unconfirmed(`contributor ${contributor.id} of alarm ${alarmName} has other attributes than the event says`);
  }
  return { since: found.since, reason: found.reason, contributor: { id: found.id, attributes: found.attributes } };
}

function unconfirmed(why: string): Unconfirmed {
  return { reason: 'unconfirmed', why };
}
