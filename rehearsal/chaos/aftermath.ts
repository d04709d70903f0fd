import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { deadLetterQueues } from '../stage/dead-letters.ts';
import { fixtures } from '../stage/fixtures.ts';
import { isConcluded } from '../stage/incident-records.ts';
import type { ChaosStage } from './chaos-stage.ts';
import type { Aftermath, Happenings } from './invariants/invariant.ts';

const LOOK_EVERY_MS = 2_000;

/** Reads what became of every incident, when all have ended or the time is up. */
export async function afterAll(
  stage: ChaosStage,
  happenings: () => Happenings,
  { faults, sweeps }: Pick<Aftermath, 'faults' | 'sweeps'>,
  atMostMs: number,
  signal: AbortSignal,
): Promise<Aftermath> {
  const deadline = Date.now() + atMostMs;
  for (;;) {
    signal.throwIfAborted();
    const [incidents, lines] = await Promise.all([incidentsOf(stage.upstream), stage.history.since(0)]);
    const ended = new Set(lines.filter(({ kind }) => kind === 'outcome').map(({ incident }) => incident));
    const isOver = incidents.every(({ id }) => ended.has(id)) && (await areConcluded(incidents, stage.upstream));
    if (isOver || Date.now() >= deadline) {
      const [messages, deadLetters] = await Promise.all([stage.mailbox.read(), deadLettersOf(stage.upstream)]);
      return { ...happenings(), incidents, lines, messages, faults, deadLetters, sweeps };
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function areConcluded(incidents: Aftermath['incidents'], upstream: Upstream): Promise<boolean> {
  return (await Promise.all(incidents.map(({ id }) => isConcluded(id, upstream)))).every(Boolean);
}

/** Every workflow that was started. */
async function incidentsOf(upstream: Upstream): Promise<Aftermath['incidents']> {
  const { stateMachines = [] } = (await upstream.call('states', 'ListStateMachines', {})) as {
    stateMachines?: readonly { readonly name: string; readonly stateMachineArn: string }[];
  };
  const machine = stateMachines.find(({ name }) => name === `${fixtures.pipeline}-workflow`);
  if (!machine) throw new Error('the stack has no workflow');
  const found: { readonly name: string; readonly status: string }[] = [];
  let nextToken: string | undefined;
  do {
    const page = (await upstream.call('states', 'ListExecutions', {
      stateMachineArn: machine.stateMachineArn,
      ...(nextToken && { nextToken }),
    })) as {
      executions?: typeof found;
      nextToken?: string;
    };
    found.push(...(page.executions ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.map(({ name, status }) => ({ id: name, status }));
}

/** What lies in the pipeline's dead-letter queues; it is taken out. */
async function deadLettersOf(upstream: Upstream): Promise<Aftermath['deadLetters']> {
  const letters: { at: number; text: string }[] = [];
  for (const QueueUrl of await deadLetterQueues(upstream)) {
    for (;;) {
      const { Messages = [] } = (await upstream.call('sqs', 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['SentTimestamp'],
      })) as {
        Messages?: readonly {
          readonly Body: string;
          readonly ReceiptHandle: string;
          readonly Attributes: { readonly SentTimestamp: string };
        }[];
      };
      if (Messages.length === 0) break;
      for (const { Body, ReceiptHandle, Attributes } of Messages) {
        letters.push({ at: Number(Attributes.SentTimestamp), text: Body });
        await upstream.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
      }
    }
  }
  return letters;
}
