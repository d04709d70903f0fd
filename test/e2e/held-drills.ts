import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DrillReport } from '../../lambdas/core/drill-report.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { ALARM, FleetDrill, POLICY } from '../support/fleet-drill.ts';
import { type CommandAnswer, heal } from '../support/heal-command.ts';
import type { TestStage } from '../support/open-stage.ts';

const NODE = 'web-1';

/** A start of every function of the ladder takes a while. */
const HOLD = 300_000;

type Held = DrillReport & { readonly drill: string };

/** Drills as a person holds them: the command, the bus, the policy's rule, intake, the workflow, the history, the table. */
export function heldDrills(open: () => TestStage): void {
  const linesOf = async ({ drill }: Held, since: number) =>
    (await open().stage.history.since(since)).filter((line: HistoryLine) => line.drill === drill);
  const acts = (since: number) =>
    open()
      .stage.gateway.calls()
      .filter(({ action, time }) => action === 'SendCommand' && Date.parse(time) >= since);

  describe('a drill in shadow', () => {
    const since = Date.now();
    let answer: CommandAnswer;
    let held: Held;

    beforeAll(async () => {
      const { cloudwatch, machines } = open().stage;
      const { instanceId } = machines.named(NODE);
      // Before the agents have reported, nobody knows whether the service runs, and the drill would say so.
      await vi.waitUntil(() => cloudwatch.alarms().some(({ name, state }) => name === ALARM && state === 'OK'), { timeout: HOLD });
      answer = await heal(open(), 'drill', POLICY, '--target', instanceId, '--within', '4m', '--json');
      held = JSON.parse(answer.stdout) as Held;
    }, HOLD);

    it('walks the whole way, and the command answers 0', () => {
      expect([answer.exitCode, held], answer.stdout).toMatchObject([0, { whole: true, reason: 'drill' }]);
      expect(held.secondsToAct).toBeGreaterThanOrEqual(0);
      expect(held.steps.map(({ said }) => said).join('\n')).toContain('would restart service web');
    });

    it('sends nothing to a machine, and every line of its history is marked', async () => {
      expect(acts(since)).toEqual([]);
      expect((await linesOf(held, since)).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['signal', 'decision', 'outcome']));
    });

    it('is told in a mail that begins with DRILL', async () => {
      const { instanceId } = open().stage.machines.named(NODE);
      await expect
        .poll(
          async () => (await open().stage.mailbox.read()).filter(({ body }) => body.includes(instanceId)).map(({ subject }) => subject),
          {
            timeout: 60_000,
          },
        )
        .toContainEqual(expect.stringMatching(/^DRILL: THE WAY IS WHOLE/));
    });
  });

  describe('a drill while the pipeline is paused', () => {
    it(
      'is stopped by that, and says what to do',
      async () => {
        await heal(open(), 'pause', 'a drill of the pause');
        try {
          const { instanceId } = open().stage.machines.named(NODE);
          const { exitCode, stdout } = await heal(open(), 'drill', POLICY, '--target', instanceId, '--within', '4m');
          expect(exitCode).toBe(1);
          expect(stdout).toContain('STOPPED ON THE WAY (paused)');
          expect(stdout).toContain('self-healing-pipeline resume');
        } finally {
          await heal(open(), 'resume');
        }
      },
      HOLD,
    );
  });

  describe('a drill for real', () => {
    let drill: FleetDrill;
    let answer: CommandAnswer;
    let held: Held;
    const forReal = () =>
      heal(
        open(),
        'drill',
        POLICY,
        '--for-real',
        '--target',
        drill.instanceId,
        '--service',
        'web',
        '--minutes',
        '5',
        '--within',
        '4m',
        '--json',
      );

    beforeAll(async () => {
      drill = new FleetDrill(open().stage, NODE);
      answer = await forReal();
      held = JSON.parse(answer.stdout) as Held;
    }, HOLD * 2);
    afterAll(() => drill.tidyUp());

    it('stops the service and sees it healed by the pipeline, long before its own timer', async () => {
      expect([answer.exitCode, held], answer.stdout).toMatchObject([0, { whole: true, reason: 'healed' }]);
      expect(drill.commands('healing-stop-service')).toHaveLength(1);
      expect(drill.commands('healing-restart-service')).toHaveLength(1);
      expect(held.secondsToEnd).toBeLessThan(240);
      expect(await drill.isDown()).toBe(false);
    });

    it('is in the history as a drill from end to end, and says so to people', async () => {
      await drill.outcome();
      const lines = await linesOf(held, drill.startedAt);
      expect(lines.find(({ kind, reason }) => kind === 'outcome' && reason === 'healed')).toMatchObject({ incident: held.incident });
      expect((await drill.messages()).map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/^DRILL FOR REAL: RECOVERED/));
    });

    it(
      'is held once an hour',
      async () => {
        const { exitCode, stdout } = await forReal();
        expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { whole: false, reason: 'drill-refused' }]);
        expect(drill.commands('healing-stop-service')).toHaveLength(1);
      },
      HOLD,
    );
  });
}
