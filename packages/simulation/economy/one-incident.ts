import type { Policy } from '../../../lambdas/core/policy.ts';
import type { StoryHistory } from '../history-of-story.ts';
import { playStory } from '../play-story.ts';
import { between, randomFor } from '../random.ts';
import { NO_HAZARDS, type Story } from '../story.ts';
import { synthesizedStack } from '../synthesized-stack.ts';
import { type Meter, meteredPorts } from './metered-ports.ts';
import { rememberedRecords } from './remembered-records.ts';
import { ItemsInMemory } from './table-in-memory.ts';

/** The remedy that heals it, as the only rung. */
const REMEDY = 'restart-service';

/** Where the simulated time begins: 2026-11-02T10:00:00Z. */
const STARTS_AT = 1_793_613_600_000;

const SECOND = 1_000;

/** From the act until the alarm shows the cure: periods of a minute, of which CloudWatch wants to see one or two. */
const CURE_SHOWS_AFTER = [60 * SECOND, 180 * SECOND] as const;

const INSTANCE = 'i-00000000000000001';

/** One incident that was healed, with what it asked for. */
export interface HealedIncident {
  readonly seed: number;
  readonly history: StoryHistory;
  readonly meter: Meter;
}

/** The policy of a fleet that watches its service, with one remedy. */
function policyOf(policies: readonly Policy[]): Policy {
  const found = policies.find(({ symptom, targets }) => symptom === 'service-down' && targets.kind === 'contributor');
  if (!found) throw new Error('the stack has no policy for a service of a fleet');
  const { alongside: _, ...policy } = found;
  return { ...policy, ladder: policy.ladder.filter(({ remedy }) => remedy === REMEDY) };
}

/**
 * Plays one incident of the synthesized pipeline: the service of the one machine of a fleet dies and is restarted, by the deployed
 * definition and handlers and the pipeline's own adapters of the table, with real durations of alarms, commands and waits. Seeds differ in
 * them alone.
 */
export async function playIncident(seed: number): Promise<HealedIncident> {
  const stack = synthesizedStack();
  const policy = policyOf(stack.policies);
  const random = randomFor(seed, 'one incident');
  const tags = policy.group.kind === 'tagged' ? { [policy.group.key]: policy.group.value } : {};
  const story: Story = {
    seed,
    startsAt: STARTS_AT,
    policies: [policy],
    instances: [{ id: INSTANCE, state: 'running', tags, zone: 'eu-west-1a' }],
    ...{ groups: [], databases: [], clusters: [], volumes: [] },
    ...{ silentAgents: [], operators: [], departures: [], outages: [] },
    hazards: NO_HAZARDS,
    faults: [
      {
        policy: policy.name,
        target: { kind: 'instance', id: INSTANCE },
        at: Math.round(between(random, 0, 60 * SECOND)),
        curedBy: [REMEDY],
        cureTakes: Math.round(between(random, ...CURE_SHOWS_AFTER)),
        deliveries: [SECOND],
      },
    ],
  };
  const meter: Meter = { requests: [], metrics: [], historyBytes: 0 };
  const items = new ItemsInMemory();
  const records = rememberedRecords();
  const history = await playStory(story, stack, {
    breakPorts: (ports, run) => meteredPorts(ports, items, meter, run, records),
    onTheWay: true,
    wholeAlarms: true,
  });
  return { seed, history, meter };
}
