import { setTimeout as sleep } from 'node:timers/promises';
import { between, type Dice, oneOf } from '@self-healing/simulation/dice.ts';
import { cast } from '../stage/cast.ts';
import type { PlayedAccount } from './played-account.ts';
import { databaseSymptom, fleetSymptoms, groupSymptom } from './symptoms.ts';
import type { Tally } from './tally.ts';

/** Mean time between two single symptoms; well below what makes a storm of the fleet. */
const EVERY_MS = 900;
/** Members that fall ill at once, of all symptoms: more than the blast radius, less of each symptom than a storm. */
const BURST = 12;
const BURST_EVERY_MS = 18_000;
/** Some fall ill again and again. */
const LEMONS = { members: 6, share: 0.35 } as const;

const kinds = Object.values(fleetSymptoms);

/** Makes symptoms come and go, the same ones for the same seed. */
export class Troublemaker {
  readonly #account: PlayedAccount;
  readonly #dice: Dice;
  readonly #tally: Tally;

  constructor(account: PlayedAccount, dice: Dice, tally: Tally) {
    this.#account = account;
    this.#dice = dice;
    this.#tally = tally;
  }

  /** Until the time is up or `goOn` says no. */
  async run(until: number, goOn: () => boolean): Promise<void> {
    let burstAt = Date.now() + between(this.#dice, 1_000, 3_000);
    while (Date.now() < until && goOn()) {
      if (Date.now() >= burstAt) {
        this.#burst();
        burstAt = Date.now() + BURST_EVERY_MS;
      } else this.#single();
      await sleep(between(this.#dice, 0.4 * EVERY_MS, 1.6 * EVERY_MS));
      this.#account.illnesses.passBy();
    }
  }

  /** Members one after the other, each with the next symptom. */
  #burst(): void {
    const first = Math.floor(this.#dice() * this.#account.fleet.length);
    for (let index = 0; index < BURST; index += 1) {
      const machine = this.#account.fleet[(first + index) % this.#account.fleet.length];
      const symptom = kinds[index % kinds.length];
      if (machine && symptom) this.#begin(`instance#${machine.id}`, symptom);
    }
  }

  #single(): void {
    const what = this.#dice();
    if (what < 0.04) this.#begin(`database#${cast.database.id}`, databaseSymptom);
    else if (what < 0.1) this.#begin(`auto-scaling-group#${cast.group.name}`, groupSymptom);
    else this.#onFleet(what < 0.13);
  }

  #onFleet(onExcluded: boolean): void {
    const { fleet, excluded } = this.#account;
    const some = this.#dice() < LEMONS.share ? fleet.slice(0, LEMONS.members) : fleet;
    const machine = onExcluded ? excluded : oneOf(this.#dice, some);
    if (this.#dice() < 0.1) {
      this.#tally.add('agent silent');
      machine.node.agentOnline = false;
    }
    this.#begin(`instance#${machine.id}`, oneOf(this.#dice, kinds));
  }

  /** One in five goes by itself soon; the others stay until something cures them, or for long. */
  #begin(target: string, symptom: (typeof kinds)[number] | typeof databaseSymptom): void {
    const lasts = this.#dice() < 0.2 ? between(this.#dice, 3_000, 10_000) : between(this.#dice, 45_000, 90_000);
    if (this.#account.illnesses.begin(target, symptom, lasts)) this.#tally.add(`symptom ${symptom.policy}`);
  }
}
