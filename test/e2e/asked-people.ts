import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtures } from '../../rehearsal/stage/fixtures.ts';
import { FleetDrill, POLICY } from '../support/fleet-drill.ts';
import { heal } from '../support/heal-command.ts';
import type { TestStage } from '../support/open-stage.ts';

const PATIENCE = { timeout: 120_000, interval: 300 };

interface Asked {
  readonly shortId: string;
  readonly target: { readonly id: string };
}

/** A policy that asks before it acts: it waits, and does what people say, or nothing. */
export function askedPeople(open: () => TestStage): void {
  const run = async (...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await heal(open(), ...words);
    if (exitCode !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const questionAbout = async ({ instanceId }: FleetDrill): Promise<string> => {
    let asked: Asked | undefined;
    await expect
      .poll(async () => {
        asked = (JSON.parse(await run('approvals', '--json')) as Asked[]).find(({ target }) => target.id === instanceId);
        return asked;
      }, PATIENCE)
      .toBeDefined();
    return asked?.shortId ?? '';
  };

  describe('a policy in approval mode', () => {
    beforeAll(async () => {
      await run('demote', POLICY, 'a drill');
    });
    afterAll(async () => {
      await run('promote', POLICY);
    });

    it('is shown as such, with the reason', async () => {
      expect(await run('status')).toMatch(new RegExp(`${POLICY} +approval \\(own: automatic\\) +closed +a drill`));
    });

    describe('that is approved from the command line', () => {
      let drill: FleetDrill;
      let id: string;
      beforeAll(async () => {
        drill = new FleetDrill(open().stage, 'web-1');
        await drill.killService();
      });
      afterAll(() => drill.tidyUp());

      it('waits, does nothing, and tells people how to answer', async () => {
        id = await questionAbout(drill);
        await expect
          .poll(async () => (await drill.messages()).map(({ subject }) => subject), PATIENCE)
          .toEqual([expect.stringContaining('MAY I? restart-service')]);
        expect((await drill.messages())[0]?.body).toContain(
          `\nself-healing-pipeline approve ${id} --pipeline healing --region us-east-1\n`,
        );
        expect(await drill.isDown()).toBe(true);
        expect(drill.commands('healing-restart-service')).toEqual([]);
      });

      it('acts then, once, and heals', async () => {
        expect(await run('approve', id)).toMatch(/^Noted as arn:.*Approved: use restart-service/);
        expect(await drill.outcome()).toMatchObject({ outcome: 'recovered', reason: 'healed' });
        expect(drill.commands('healing-restart-service')).toHaveLength(1);
        expect(await drill.isDown()).toBe(false);
      });

      it('writes down who approved, and has no question left', async () => {
        expect(await run('why', drill.instanceId)).toMatch(/rung 1: restart-service, approved by arn:aws:/);
        expect(await run('approvals')).toContain('No question waits');
      });
    });

    describe('that is denied', () => {
      let drill: FleetDrill;
      beforeAll(async () => {
        drill = new FleetDrill(open().stage, 'web-2');
        await drill.killService();
      });
      afterAll(() => drill.tidyUp());

      it('does nothing and says who said no, and why', async () => {
        expect(await run('deny', await questionAbout(drill), 'the release is under way')).toMatch(
          /^Noted as arn:.*Not approved: .*the release is under way/,
        );
        expect(await drill.outcome()).toMatchObject({ outcome: 'handed-off', reason: 'approval-denied' });
        expect(drill.commands('healing-restart-service')).toEqual([]);
        expect(await drill.isDown()).toBe(true);
        await expect.poll(async () => unbroken((await drill.messages()).at(-1)), PATIENCE).toContain('denied it: the release is under way');
      });
    });

    // The other nodes have had as many attempts as a target may have by now.
    describe('that nobody answers', () => {
      let drill: FleetDrill;
      beforeAll(async () => {
        drill = new FleetDrill(open().stage, fixtures.volume.node);
        await drill.killService();
      });
      afterAll(() => drill.tidyUp());

      it('takes silence for a no, and says so', async () => {
        const id = await questionAbout(drill);
        expect(await drill.outcome()).toMatchObject({ outcome: 'handed-off', reason: 'approval-unanswered' });
        expect(drill.commands('healing-restart-service')).toEqual([]);
        expect(await drill.isDown()).toBe(true);
        await expect.poll(async () => unbroken((await drill.messages()).at(-1)), PATIENCE).toContain('0 of 1 approvals were given in time');
        expect(await heal(open(), 'approve', id)).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining(`no open question is called "${id}"`),
        });
      });
    });
  });
}

/** The text of a mail, whose lines are broken anywhere. */
function unbroken(mail: { readonly body: string } | undefined): string {
  return mail?.body.replaceAll('\n', ' ') ?? '';
}
