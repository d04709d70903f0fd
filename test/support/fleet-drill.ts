import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedCall } from '@self-healing/local-aws/gateway/call-record.ts';
import type { AwsEvent } from '@self-healing/local-aws/gateway/service.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { targetInWords } from '../../lambdas/core/target.ts';
import type { SentMessage } from '../../rehearsal/report/scenario-result.ts';
import { instanceOf, isServiceDown, kill } from '../../rehearsal/scenarios/fleet-node.ts';
import { fixtures } from '../../rehearsal/stage/fixtures.ts';
import { isConcluded } from '../../rehearsal/stage/incident-records.ts';
import type { Stage } from '../../rehearsal/stage/stage.ts';

/** The policy that restarts the killed web service, and its alarm. */
export const POLICY = 'Fleet-service-down';
export const ALARM = `${fixtures.pipeline}-${POLICY}`;

/** Detection takes about 5 s, a rung that does not help 10 s more; the rest is room for a busy machine. */
const ENDS_WITHIN_MS = 180_000;

/** The web service of one node of the fleet, killed for real, and what became of it. */
export class FleetDrill {
  readonly stage: Stage;
  readonly node: string;
  readonly instanceId: string;
  readonly startedAt = Date.now();

  constructor(stage: Stage, node: string) {
    this.stage = stage;
    this.node = node;
    this.instanceId = stage.machines.named(node).instanceId;
  }

  killService(): Promise<void> {
    return kill(this.stage, this.node);
  }

  isDown(): Promise<boolean> {
    return isServiceDown(this.stage, this.node);
  }

  /** The event of the alarm for this node. */
  async alarmed(): Promise<AwsEvent> {
    return this.#until('the alarm did not go off', async () => this.stage.events.alarmed(ALARM, this.startedAt, this.instanceId)?.event);
  }

  /** The end of the incident, by the history, when everybody who is told of it has been told. */
  async outcome(): Promise<HistoryLine> {
    return this.#until('no outcome, or not all that it asks for', async () => {
      const ended = (await this.lines()).find(({ kind }) => kind === 'outcome');
      return ended?.incident !== undefined && (await isConcluded(ended.incident, this.stage.gateway.upstream)) ? ended : undefined;
    });
  }

  async lines(): Promise<readonly HistoryLine[]> {
    const target = targetInWords(instanceOf(this.stage.machines.named(this.node)));
    return (await this.stage.history.since(this.startedAt)).filter((line) => line.policy === POLICY && line.target === target);
  }

  /** The commands of this document that were asked for on this node, by the gateway's record, answered or not. */
  commands(document: string): readonly RecordedCall[] {
    return this.stage.gateway
      .calls()
      .filter(
        ({ action, time, parameters }) =>
          action === 'SendCommand' &&
          Date.parse(time) >= this.startedAt &&
          [this.instanceId, document].every((name) => JSON.stringify(parameters).includes(`"${name}"`)),
      );
  }

  async messages(): Promise<readonly SentMessage[]> {
    return (await this.stage.mailbox.read()).filter(({ at, body }) => Date.parse(at) >= this.startedAt && body.includes(this.instanceId));
  }

  /** Makes the node whole again and waits until its alarm is quiet, so that the next drill begins as the first one did. */
  async tidyUp(): Promise<void> {
    await this.stage.machines.named(this.node).exec(['systemctl', 'restart', 'web.service']);
    await this.#until('the alarm stays', async () =>
      this.stage.cloudwatch.alarms().some(({ name, state }) => name === ALARM && state !== 'ALARM') ? true : undefined,
    );
  }

  async #until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
    const deadline = Date.now() + ENDS_WITHIN_MS;
    while (Date.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(200);
    }
    throw new Error(`${what} within ${ENDS_WITHIN_MS / 1_000} s on ${this.node}`);
  }
}
