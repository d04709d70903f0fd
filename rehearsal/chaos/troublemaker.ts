import { setTimeout as sleep } from 'node:timers/promises';
import { between, oneOf, type Random } from '@self-healing/simulation/random.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Fault } from './fault.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { databaseSymptom, fleetSymptoms, groupSymptom, type SimulatedSymptom } from './symptoms.ts';
import type { Tally } from './tally.ts';

/** Mean time between two single symptoms; well below what makes a storm of the fleet. */
const EVERY_MS = 900;
/** Members that fall ill at once, of all symptoms: more than the blast radius, less of each symptom than a storm. */
const BURST = 12;
const BURST_EVERY_MS = 18_000;
/** Some fall ill again and again, and at once after a cure. */
const LEMONS = { members: 6, share: 0.35 } as const;

const kinds = Object.values(fleetSymptoms);

/** Makes symptoms come and go, the same ones for the same seed. */
export class Troublemaker {
  readonly #account: SimulatedAccount;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #relapsed = new Set<Fault>();

  constructor(account: SimulatedAccount, random: Random, tally: Tally) {
    this.#account = account;
    this.#random = random;
    this.#tally = tally;
  }

  /** Until `goOn` says no. */
  async run(goOn: () => boolean): Promise<void> {
    let burstAt = Date.now() + between(this.#random, 1_000, 3_000);
    while (goOn()) {
      if (Date.now() >= burstAt) {
        this.#burst();
        burstAt = Date.now() + BURST_EVERY_MS;
      } else this.#single();
      await sleep(between(this.#random, 0.4 * EVERY_MS, 1.6 * EVERY_MS));
      this.#relapse();
      this.#account.faults.passBy();
    }
  }

  /** What was cured on a lemon is back with the next draw, so that only guardrails keep the pipeline from acting without end. */
  #relapse(): void {
    const { faults, fleet } = this.#account;
    const lemons = new Set(fleet.slice(0, LEMONS.members).map(({ id }) => `instance#${id}`));
    for (const fault of faults.all.filter(({ target, endedBy }) => endedBy !== undefined && endedBy !== 'itself' && lemons.has(target))) {
      if (this.#relapsed.has(fault)) continue;
      this.#relapsed.add(fault);
      this.#begin(fault.target, fault.symptom);
    }
  }

  /** Members one after the other, each with the next symptom. */
  #burst(): void {
    const first = Math.floor(this.#random() * this.#account.fleet.length);
    for (let index = 0; index < BURST; index += 1) {
      const machine = this.#account.fleet[(first + index) % this.#account.fleet.length];
      const symptom = kinds[index % kinds.length];
      if (machine && symptom) this.#begin(`instance#${machine.id}`, symptom);
    }
  }

  #single(): void {
    const what = this.#random();
    if (what < 0.04) this.#begin(`database#${fixtures.database.id}`, databaseSymptom);
    else if (what < 0.1) this.#begin(`auto-scaling-group#${fixtures.group.name}`, groupSymptom);
    else this.#onFleet(what < 0.13);
  }

  #onFleet(onExcluded: boolean): void {
    const { fleet, excluded } = this.#account;
    const some = this.#random() < LEMONS.share ? fleet.slice(0, LEMONS.members) : fleet;
    const machine = onExcluded ? excluded : oneOf(this.#random, some);
    if (this.#random() < 0.1) {
      this.#tally.add('agent silent');
      machine.node.agentOnline = false;
    }
    this.#begin(`instance#${machine.id}`, oneOf(this.#random, kinds));
  }

  /** One in five goes by itself soon; the others stay until something cures them, or for long. */
  #begin(target: string, symptom: SimulatedSymptom): void {
    const lasts = this.#random() < 0.2 ? between(this.#random, 3_000, 10_000) : between(this.#random, 45_000, 90_000);
    if (this.#account.faults.begin(target, symptom, lasts)) this.#tally.add(`symptom ${symptom.policy}`);
  }
}
