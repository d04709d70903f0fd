import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SOAK, STORY_SEED } from '@self-healing/simulation/random-input.ts';
import type { Reporter, TestModule } from 'vitest/node';
import { columns } from '../../bin/heal/columns.ts';

interface Span {
  readonly from: number;
  readonly to: number;
  /** What the files took one by one; above the whole where several ran side by side. */
  readonly sum: number;
  readonly files: number;
}

/** How long a kind of test took when it was run last. */
export interface KindDuration {
  readonly at: string;
  readonly seconds: number;
  readonly files: number;
  /** What the files took one by one; above the whole where several ran side by side. */
  readonly oneByOneSeconds: number;
}

/** Where the durations of the last runs lie, by kind. */
const durationsFile = join(import.meta.dirname, '../../bench/results/test-durations.json');

export function lastDurations(): Readonly<Record<string, KindDuration>> {
  try {
    return JSON.parse(readFileSync(durationsFile, 'utf8'));
  } catch {
    // Nothing was run yet, or the file was only half written.
    return {};
  }
}

/** Prints how long each kind of test took, and keeps it for `npm run bench`: from the start of its first file to the end of its last. */
export default class DurationsOfKinds implements Reporter {
  readonly #begun = new Map<string, number>();
  readonly #spans = new Map<string, Span>();

  onTestModuleQueued(module: TestModule): void {
    this.#begun.set(module.id, Date.now());
  }

  onTestModuleEnd(module: TestModule): void {
    const now = Date.now();
    const from = this.#begun.get(module.id) ?? now;
    const span = this.#spans.get(module.project.name) ?? { from, to: now, sum: 0, files: 0 };
    this.#spans.set(module.project.name, {
      from: Math.min(span.from, from),
      to: Math.max(span.to, now),
      sum: span.sum + now - from,
      files: span.files + 1,
    });
  }

  onTestRunEnd(): void {
    const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(0)} s`;
    const rows = [...this.#spans].map(([name, { from, to, sum, files }]) => [
      ...[name, seconds(to - from)],
      `${files} files, ${seconds(sum)} one by one`,
    ]);
    console.log(columns(rows, { numbers: [1] }));
    console.log(`random input from STORY_SEED=${STORY_SEED}, SOAK=${SOAK}`);
    this.#keep();
  }

  #keep(): void {
    const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
    const now = [...this.#spans].map(([name, { from, to, sum, files }]): [string, KindDuration] => [
      name,
      { at: new Date(to).toISOString(), seconds: seconds(to - from), files, oneByOneSeconds: seconds(sum) },
    ]);
    mkdirSync(dirname(durationsFile), { recursive: true });
    writeFileSync(durationsFile, `${JSON.stringify({ ...lastDurations(), ...Object.fromEntries(now) }, undefined, 2)}\n`);
  }
}
