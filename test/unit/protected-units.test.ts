import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const listOf = (name: string) =>
  /^protected_units='[^']*'$/m.exec(readFileSync(`${import.meta.dirname}/../../lib/documents/${name}.sh`, 'utf8'))?.[0];

it('the list of protected units is the same in every script that has it', () => {
  expect(listOf('restart-service')?.split(/\s+/).length).toBeGreaterThan(50);
  for (const name of ['reconnect-sessions', 'stop-service']) expect(listOf(name), name).toBe(listOf('restart-service'));
});

it('what a restart took down is told in the same way', () => {
  const downOf = (name: string) =>
    /^# Of what is restarted with the unit[\s\S]*?^}$/m.exec(
      readFileSync(`${import.meta.dirname}/../../lib/documents/${name}.sh`, 'utf8'),
    )?.[0];
  expect(downOf('restart-service')).toContain('along_down() {');
  expect(downOf('reconnect-sessions')).toBe(downOf('restart-service'));
});

it('what a restart reaches is found out in the same way in every script that restarts or stops a unit', () => {
  const reachOf = (name: string) =>
    /^# --- what a restart reaches[\s\S]*^# --- end of what a restart reaches$/m.exec(
      readFileSync(`${import.meta.dirname}/../../lib/documents/${name}.sh`, 'utf8'),
    )?.[0];
  expect(reachOf('restart-service')).toContain('check_reach() {');
  for (const name of ['reconnect-sessions', 'stop-service']) expect(reachOf(name), name).toBe(reachOf('restart-service'));
});
