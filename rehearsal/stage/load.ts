import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { messageOf } from '../../lambdas/core/failure.ts';

/** How often the work is dealt out anew, as requests find a new member behind a load balancer. */
const DEAL_EVERY_MS = 500;

/**
 * A constant amount of work for a group of nodes, dealt out evenly among those in service: what one member must burn
 * falls when another joins, as it does behind a load balancer.
 */
export class Load {
  readonly #members: () => readonly ManagedNode[];
  #percent = 0;
  #running: Promise<void> | undefined;
  readonly problems: string[] = [];

  constructor(members: () => readonly ManagedNode[]) {
    this.#members = members;
  }

  /** Deals out work worth this percentage of one member's capacity, until it is set to 0. */
  async set(percentOfOneMember: number): Promise<void> {
    this.#percent = percentOfOneMember;
    if (percentOfOneMember > 0) this.#running ??= this.#deal();
    else await this.stop();
  }

  async stop(): Promise<void> {
    this.#percent = 0;
    await this.#running;
    this.#running = undefined;
  }

  async #deal(): Promise<void> {
    while (this.#percent > 0) {
      await this.#share(this.#percent);
      await sleep(DEAL_EVERY_MS);
    }
    await this.#share(0);
  }

  async #share(total: number): Promise<void> {
    const members = this.#members();
    const each = Math.min(100, Math.round(total / Math.max(1, members.length)));
    const asked = await Promise.allSettled(members.map((node) => node.request(`/fault/cpu?percent=${each}`)));
    for (const answer of asked) if (answer.status === 'rejected') this.problems.push(messageOf(answer.reason));
  }
}
