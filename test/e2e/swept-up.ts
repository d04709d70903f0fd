import { setTimeout as sleep } from 'node:timers/promises';
import { ownConnection } from '@self-healing/local-aws/gateway/forward.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import type { SweepReport } from '../../lambdas/steps/sweep.ts';
import { fixtures } from '../../rehearsal/stage/fixtures.ts';
import { isConcluded } from '../../rehearsal/stage/incident-records.ts';
import type { Stage } from '../../rehearsal/stage/stage.ts';
import { FleetDrill, POLICY } from '../support/fleet-drill.ts';
import type { TestStage } from '../support/open-stage.ts';

const RULE = `${fixtures.pipeline}.${POLICY}`;

/** A broken workflow is left alone for a minute and a half; the rest is room for a busy machine. */
const CONCLUDED_WITHIN_MS = 300_000;

/** Runs the deployed function, as its schedule does every five minutes. */
async function sweep({ gateway }: Stage): Promise<SweepReport> {
  const response = await fetch(`${gateway.endpoint}/2015-03-31/functions/${fixtures.pipeline}-sweep/invocations`, {
    method: 'POST',
    headers: { ...ownConnection, authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request' },
    body: '{}',
  });
  const answer = (await response.json()) as SweepReport & { readonly errorMessage?: string };
  if (response.headers.has('x-amz-function-error')) throw new Error(`the sweep failed: ${answer.errorMessage}`);
  return answer;
}

/** What the sweep finds and repairs in the deployed pipeline. */
export function sweptUp(open: () => TestStage): void {
  describe('an alarm whose event was lost', () => {
    let drill: FleetDrill;
    let signalsBefore: readonly HistoryLine[];
    const upstream = () => open().stage.gateway.upstream;

    beforeAll(async () => {
      drill = new FleetDrill(open().stage, fixtures.volume.node);
      await upstream().call('events', 'DisableRule', { Name: RULE });
      await drill.killService();
      await drill.alarmed();
      await sleep(2_000);
      signalsBefore = await drill.lines();
      await upstream().call('events', 'EnableRule', { Name: RULE });
      await Promise.all([sweep(drill.stage), sweep(drill.stage)]);
      await drill.outcome();
    });
    afterAll(() => drill.tidyUp());

    it('stood without an incident', () => {
      expect(signalsBefore).toEqual([]);
    });

    it('is taken up by the sweep, and healed', async () => {
      expect((await drill.lines())[0]).toMatchObject({ kind: 'signal', text: expect.stringContaining('found by the sweep') });
      expect(await drill.outcome()).toMatchObject({ outcome: 'recovered', reason: 'healed' });
      expect(await drill.isDown()).toBe(false);
    });

    it('is acted on once, by the record of calls, though two sweeps came by at once', async () => {
      await sweep(drill.stage);
      expect(drill.commands('healing-restart-service')).toHaveLength(1);
      expect((await drill.lines()).filter(({ kind }) => kind === 'signal')).toHaveLength(1);
    });
  });

  describe('an incident whose workflow was stopped by hand', () => {
    let drill: FleetDrill;
    let incident: string;

    beforeAll(async () => {
      drill = new FleetDrill(open().stage, 'web-2');
      const { upstream } = drill.stage.gateway;
      const stopped = new Set<string>();
      const stop = async () => {
        const { stateMachines = [] } = (await upstream.call('states', 'ListStateMachines', {})) as {
          stateMachines?: { stateMachineArn: string }[];
        };
        for (const { stateMachineArn } of stateMachines) {
          const { executions = [] } = (await upstream.call('states', 'ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' })) as {
            executions?: { executionArn: string; name: string }[];
          };
          for (const { executionArn, name } of executions) {
            await upstream.call('states', 'StopExecution', { executionArn, error: 'Stopped', cause: 'a person pressed stop' });
            stopped.add(name);
          }
        }
      };
      await drill.killService();
      while (stopped.size === 0) await stop();
      [incident = ''] = stopped;
      const deadline = Date.now() + CONCLUDED_WITHIN_MS;
      while (!(await isConcluded(incident, drill.stage.gateway.upstream)) && Date.now() < deadline) {
        await sweep(drill.stage);
        await sleep(5_000);
      }
    });
    afterAll(() => drill.tidyUp());

    const outcomes = async () => (await drill.lines()).filter((line) => line.kind === 'outcome' && line.incident === incident);

    it('is ended by the sweep with the true cause', async () => {
      expect(await outcomes()).toMatchObject([
        { outcome: 'handed-off', reason: 'unexpected-error', text: 'its workflow was aborted: Stopped: a person pressed stop' },
      ]);
    });

    it('is told once', async () => {
      const told = (await drill.messages()).filter(({ body }) => body.includes(incident));
      expect(told.map(({ subject }) => subject)).toEqual([expect.stringContaining('NEEDS YOU')]);
      expect(told[0]?.body.replaceAll('\n', ' ')).toContain('a person pressed stop');
    });

    it('is a person’s from then on: no later sweep opens another, or acts', async () => {
      const commands = drill.commands('healing-restart-service').length;
      await sweep(drill.stage);
      await sleep(3_000);
      expect((await drill.lines()).filter(({ kind }) => kind === 'signal')).toHaveLength(1);
      expect(drill.commands('healing-restart-service')).toHaveLength(commands);
      expect(await drill.isDown()).toBe(true);
    });
  });
}
