import { aDatabase } from '@self-healing/simulation/accounts.ts';
import { describe, expect, it } from 'vitest';
import type { StatusCheckState } from '../../../lambdas/core/status-check.ts';
import type { Target } from '../../../lambdas/core/target.ts';
import { remediator as failOverDatabase } from '../../../lambdas/remediators/fail-over-database.ts';
import { remediator as rebootDatabase } from '../../../lambdas/remediators/reboot-database.ts';
import { isRefusal } from '../../../lambdas/remediators/remediator.ts';
import { readSecondOpinion, type SecondOpinionPorts } from '../../../lambdas/steps/read-second-opinion.ts';

const instance: Target = { kind: 'instance', id: 'i-0123456789abcdef0' };

function portsOf(said: {
  readonly alarm?: 'OK' | 'ALARM';
  readonly checks?: StatusCheckState;
  readonly database?: string;
}): SecondOpinionPorts {
  const described = said.database === undefined ? undefined : { status: said.database };
  return {
    alarms: { state: async () => said.alarm && { state: said.alarm, reason: '' } },
    instances: { statusCheck: async () => said.checks ?? 'ok' },
    databases: { describe: async () => described },
    clusters: { describe: async () => described },
  } as unknown as SecondOpinionPorts;
}

const agrees = async (target: Target, opinion: Parameters<typeof readSecondOpinion>[1], said: Parameters<typeof portsOf>[0]) =>
  (await readSecondOpinion(target, opinion, portsOf(said))).agrees;

describe('a second opinion', () => {
  it('of an alarm agrees in ALARM alone; one that is not there agrees with nothing', async () => {
    const opinion = { kind: 'alarm', name: 'shop' } as const;
    expect(await agrees(instance, opinion, { alarm: 'ALARM' })).toBe(true);
    expect(await agrees(instance, opinion, { alarm: 'OK' })).toBe(false);
    expect(await readSecondOpinion(instance, opinion, portsOf({}))).toEqual({
      agrees: false,
      why: 'alarm shop, the second opinion, is not there',
    });
  });

  it('of EC2 agrees where a status check fails, and not where it is not known', async () => {
    const opinion = { kind: 'status' } as const;
    expect(await agrees(instance, opinion, { checks: 'impaired' })).toBe(true);
    for (const checks of ['ok', 'initializing', 'unknown'] as const) expect(await agrees(instance, opinion, { checks })).toBe(false);
  });

  it('of RDS agrees where the database does not serve, and not where it does not exist', async () => {
    const opinion = { kind: 'status' } as const;
    const database: Target = { kind: 'database', id: 'orders' };
    expect(await agrees(database, opinion, { database: 'storage-full' })).toBe(true);
    expect(await agrees(database, opinion, { database: 'available' })).toBe(false);
    expect(await agrees(database, opinion, {})).toBe(false);
  });

  it.each([rebootDatabase, failOverDatabase])(
    'of RDS agrees in no status of an instance in which $name acts, so that synthesis refuses the two together',
    async ({ plan }) => {
      const database: Target = { kind: 'database', id: 'orders' };
      for (const status of [
        'available',
        'backing-up',
        'storage-optimization',
        'failed',
        'rebooting',
        'stopped',
        'storage-full',
        'upgrading',
      ]) {
        const acts = !isRefusal(plan(aDatabase({ status, multiAz: true, zone: 'eu-central-1a' }), {}));
        expect(acts && (await agrees(database, { kind: 'status' }, { database: status })), status).toBe(false);
      }
    },
  );

  it('of a group there is none', async () => {
    expect(await agrees({ kind: 'auto-scaling-group', name: 'web' } as unknown as Target, { kind: 'status' }, {})).toBe(false);
  });
});
