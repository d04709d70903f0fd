import type { Reporter, TestModule } from 'vitest/node';
import { columns } from '../../bin/heal/columns.ts';

interface Span {
  readonly from: number;
  readonly to: number;
  /** What the files took one by one; above the whole where several ran side by side. */
  readonly sum: number;
  readonly files: number;
}

/** Prints how long each kind of test took, from the start of its first file to the end of its last. */
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
  }
}
