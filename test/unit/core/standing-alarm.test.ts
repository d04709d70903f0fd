import { describe, expect, it } from 'vitest';
import { parseSignal } from '../../../lambdas/core/signal.ts';
import { type StandingAlarm, sweptEvent } from '../../../lambdas/core/standing-alarm.ts';
import { sweepSource } from '../../../lambdas/core/sweep-source.ts';
import { sampleEvent } from '../../support/sample-events.ts';

/** The event of the sweep as it comes over the bus. */
function delivered(alarm: StandingAlarm): unknown {
  const { detailType, detail } = sweptEvent(alarm);
  return JSON.parse(JSON.stringify({ id: 'swept-1', source: sweepSource('healing'), 'detail-type': detailType, detail }));
}

describe('the event of the sweep', () => {
  it.each(['metric-alarm', 'contributor'])('is read as CloudWatch’s own %s event was, and as one of the sweep', (name) => {
    const original = parseSignal(sampleEvent(name));
    if ('kind' in original) throw new Error(original.why);
    const { alarmName, at, reason, contributor } = original;

    const read = parseSignal(delivered({ alarmName, since: at, reason, ...(contributor && { contributor }) }));

    expect(read).toEqual({ ...original, eventId: 'swept-1', swept: true });
  });

  it('is not what CloudWatch sends', () => {
    expect(parseSignal(sampleEvent('metric-alarm'))).not.toHaveProperty('swept');
  });
});
