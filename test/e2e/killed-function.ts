import type { DisturbableCall, Disturbance } from '@self-healing/local-aws/gateway/disturbance.ts';
import { killFunction } from '@self-healing/local-aws/testing/lambda-processes.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { FleetDrill } from '../support/fleet-drill.ts';
import type { TestStage } from '../support/open-stage.ts';

const REMEDIATE = 'healing-remediate-restart-service';

/** The write of an attempt, and not the claim, which is a transaction of triage. */
function isAttempt({ action, parameters }: DisturbableCall): boolean {
  return action === 'TransactWriteItems' && JSON.stringify(parameters).includes('"attempt#');
}

function isCommand({ action }: DisturbableCall): boolean {
  return action === 'SendCommand';
}

const carriedOut: Disturbance = { dropAnswer: true, after: true };
const neverArrived: Disturbance = { dropAnswer: true, after: false };

interface Death {
  readonly when: string;
  readonly at: (call: DisturbableCall) => boolean;
  readonly call: Disturbance;
  readonly killed: boolean;
  /** How often the command may be asked for; whether it really ran is told by the service. */
  readonly asked: number;
  /** Whether the service was restarted; if not, what follows is up to the next rung. */
  readonly heals: boolean;
  readonly node: string;
  readonly told: RegExp;
}

// A node bears only as many attempts as the policies allow in a day, hence both nodes.
const deaths: readonly Death[] = [
  {
    when: 'is killed between writing the attempt and acting',
    at: isAttempt,
    call: carriedOut,
    killed: true,
    asked: 0,
    heals: false,
    node: 'web-2',
    told: /restart service web, unless it is up: interrupted/,
  },
  {
    when: 'is killed just after acting, before it knows',
    at: isCommand,
    call: carriedOut,
    killed: true,
    asked: 1,
    heals: true,
    node: 'web-2',
    told: /restart service web, unless it is up: recovered/,
  },
  {
    when: 'loses the answer of an act that never arrived',
    at: isCommand,
    call: neverArrived,
    killed: false,
    asked: 1,
    heals: false,
    node: 'web-1',
    told: /restart service web, unless it is up: interrupted/,
  },
  {
    when: 'loses the answer of an act that was done',
    at: isCommand,
    call: carriedOut,
    killed: false,
    asked: 1,
    heals: true,
    node: 'web-1',
    told: /restart service web, unless it is up: recovered/,
  },
];

/** What happens when the function that acts dies, or is left without an answer, at the worst moments. */
export function killedFunction(open: () => TestStage): void {
  describe.each(deaths)('a remediate function that $when', ({ at, call, killed, asked, heals, node, told, when }) => {
    const struck: number[] = [];
    let drill: FleetDrill;

    beforeAll(async () => {
      const test = open();
      drill = new FleetDrill(test.stage, node);
      test.disturb = (seen) => {
        if (struck.length > 0 || !at(seen) || !JSON.stringify(seen.parameters).includes(drill.instanceId)) return 'pass';
        struck.push(killed ? killFunction(REMEDIATE, test.upstreamPort) : 0);
        return call;
      };
      await drill.killService();
      await drill.outcome();
      test.disturb = () => 'pass';
      return () => drill.tidyUp();
    });

    it('was struck once', () => {
      expect(struck).toHaveLength(1);
      // More than the one at work may be kept warm.
      if (killed) expect(struck[0]).toBeGreaterThanOrEqual(1);
    });

    it(`asks for the command ${asked === 0 ? 'not at all' : 'once'}, by the record of calls`, () => {
      expect(drill.commands('healing-restart-service')).toHaveLength(asked);
    });

    it(heals ? 'ends the incident as recovered by it' : 'goes on to the next rung or hands off, and never repeats it', async () => {
      const { outcome, remedies } = await drill.outcome();
      expect((remedies as readonly object[])[0]).toMatchObject({ remedy: 'restart-service', result: heals ? 'recovered' : 'interrupted' });
      expect(outcome).toMatch(heals ? /^recovered$/ : /^(recovered|handed-off)$/);
      expect(await drill.isDown()).toBe(outcome !== 'recovered');
    });

    it('tells a person in one message what was done and how far it is known', async () => {
      const messages = await drill.messages();
      expect(messages).toHaveLength(1);
      expect(messages[0]?.body.replaceAll('\n', ' ')).toMatch(told);
    });

    it('writes into the history that it was interrupted', async () => {
      const acted = (await drill.lines()).filter(({ kind, rung }) => kind === 'acted' && rung === 0);
      expect(acted).toMatchObject([killed ? { interrupted: true } : { uncertain: true }]);
      expect(acted[0]?.text, when).toMatch(/is not known|before the interruption/);
    });
  });
}
