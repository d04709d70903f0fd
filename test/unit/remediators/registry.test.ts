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

    it('is never judged by its own times before its act must have ended', () => {
      const least = remediator.name === 'restart-service' ? { service: 'nginx' } : {};
      const longest = longestAct(remediator, remediator.params.safeParse(least).data ?? {});
      if (longest === undefined) return;
      const judged = milliseconds(remediator.settle) + milliseconds(remediator.verifyWithin);
      expect(judged).toBeGreaterThanOrEqual(milliseconds(longest));
    });

    it('has a script if it has a document, and a document if it may send commands', () => {
      const sends = remediator.permissions.execute.some(({ actions }) => actions.includes('ssm:SendCommand'));
      expect(remediator.document !== undefined).toBe(sends);
      if (remediator.document) expect(existsSync(`${scripts}/${remediator.name}.sh`)).toBe(true);
    });
  });
});
