import { whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playStorm, type StormAccount, stormText } from '../../rehearsal/storm/storm-drill.ts';
import { openStage, type TestStage } from '../support/open-stage.ts';

/** Of 80 members, each delivered twice. `npm run local -- --storm 1000` plays a larger one. */
const EVENTS = 160;

/** Members in remediation at once: the default. */
const BLAST_RADIUS = 5;

// A stage of its own: while a storm lasts, and for a while after it, nothing else of that fleet is healed.
describe.skipIf(whyNoNodes !== '')(`${EVENTS} alarm events of one fleet at once${whyNoNodes}`, () => {
  let test: TestStage;
  let account: StormAccount;
  beforeAll(async () => {
    test = await openStage();
    account = await playStorm(test.stage, { events: EVENTS, say: (line) => console.log(line) });
    console.log(stormText(account));
  });
  afterAll(() => test?.clear());

  it('are all taken in: every incident ends, every second delivery is a duplicate, and no queue of dead letters has one', () => {
    expect(Object.values(account.outcomes).reduce((sum, count) => sum + count, 0)).toBe(account.members);
    expect(account).toMatchObject({ members: EVENTS / 2, duplicates: EVENTS / 2, openIncidents: 0, deadLetters: 0 });
  });

  it('are one incident for a person: one leads, the others are part of it', () => {
    expect(account.outcomes).toEqual({ storm: 1, 'part-of-storm': account.members - 1 });
  });

  it('are one message, beside those of the two nodes that were repaired before', () => {
    const [grouped, ...more] = account.messages.filter(({ subject }) => subject.includes('many members'));
    expect(more).toEqual([]);
    expect(grouped?.subject).toMatch(/^NEEDS YOU: service-down on many members of Fleet, /);
    expect(grouped?.body).toMatch(/^> zone: us-east-1a \d+ of \d+ \(of the others 0 of \d+\)/m);
    // On a crowded machine the storm may be seen before the first member is acted on.
    expect(grouped?.body).toMatch(/WHAT WAS DONE TO MEMBERS\n> (instance i-|no member)/);
    const others = account.messages.filter((message) => message !== grouped).map(({ subject }) => subject);
    for (const subject of others) expect(subject).toMatch(/RECOVERED: service-down on instance/);
  });

  it('are acted on within the blast radius, by the record of calls', () => {
    expect(account.acted.length).toBeGreaterThanOrEqual(2);
    expect(account.acted.length).toBeLessThanOrEqual(BLAST_RADIUS);
    expect(new Set(account.acted).size, 'once each').toBe(account.acted.length);
  });
});
