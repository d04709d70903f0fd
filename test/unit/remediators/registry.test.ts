import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { durationSchema, milliseconds } from '../../../lambdas/core/duration.ts';
import { registry, remediatorNamed, remedyNames } from '../../../lambdas/remediators/registry.ts';
import { longestAct } from '../../../lambdas/remediators/remediator.ts';

const folder = `${import.meta.dirname}/../../../lambdas/remediators`;
const scripts = `${import.meta.dirname}/../../../lib/documents`;

describe('the registry', () => {
  it('holds every file that describes a remedy', () => {
    const files = readdirSync(folder).filter((file) => /export const remediator\b/.test(readFileSync(`${folder}/${file}`, 'utf8')));
    expect([...remedyNames].toSorted()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).toSorted());
  });

  it('knows no remedy of another name', () => {
    expect(remediatorNamed('format-disk')).toBeUndefined();
  });

  describe.each(Object.entries(registry))('%s', (sentence, remediator) => {
    it('has the same name as sentence, file and in policies', () => {
      expect(remediatorNamed(remediator.name)).toBe(remediator);
      expect(sentence.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).toBe(remediator.name);
      expect(existsSync(`${folder}/${remediator.name}.ts`)).toBe(true);
    });

    it('refuses unknown parameters', () => {
      expect(remediator.params.safeParse({ unheardOf: true }).success).toBe(false);
    });

    it('needs permission for what it does, if it does anything', () => {
      expect(remediator.permissions.execute.length > 0).toBe(remediator.acts);
      expect([...remediator.permissions.observe, ...remediator.permissions.execute].flatMap(({ actions }) => actions)).not.toContain('*');
    });

    it('says when it is judged, in durations that a policy may carry', () => {
      expect(durationSchema.safeParse(remediator.settle).success).toBe(true);
      expect(durationSchema.safeParse(remediator.verifyWithin).success).toBe(true);
    });

    it('says how long its act may be under way, which is a bound, and leaves time for its function', () => {
      const least = remediator.name === 'restart-service' ? { service: 'nginx' } : {};
      const longest = milliseconds(longestAct(remediator, remediator.params.safeParse(least).data ?? { longest: { hours: 1 } }));
      expect(remediator.longest !== undefined || remediator.document !== undefined).toBe(remediator.acts);
      if (remediator.acts) expect(longest).toBeGreaterThanOrEqual(60_000);
      else expect(longest).toBe(0);
      expect(longest).toBeLessThanOrEqual(12 * 3_600_000);
    });

    it('looks a second time before an act that AWS would take whatever has changed', () => {
      const unconditional = remediator.permissions.execute
        .flatMap(({ actions }) => actions)
        .filter((action) => /^(autoscaling|rds):|ModifyVolume|StopInstances/.test(action));
      expect(remediator.heldTo !== undefined).toBe(unconditional.length > 0);
    });

    it('has a script if it has a document, and a document if it may send commands', () => {
      const sends = remediator.permissions.execute.some(({ actions }) => actions.includes('ssm:SendCommand'));
      expect(remediator.document !== undefined).toBe(sends);
      if (remediator.document) expect(existsSync(`${scripts}/${remediator.name}.sh`)).toBe(true);
    });
  });
});
