import type { Deviation, Schedule } from './schedule.ts';
import type { Point } from './scheduler.ts';
import { type Prepared, play, STARTS_AT } from './small-world.ts';

/** Who made which calls when, and what was out of the ordinary: one line for each turn. */
export async function scheduleText(prepared: Prepared, schedule: Schedule): Promise<readonly string[]> {
  const lines: string[] = [];
  let turn: { readonly who: string; readonly calls: string[] } | undefined;
  const end = () => {
    if (turn) lines.push(`${turn.who}: ${turn.calls.join(', ')}`);
    turn = undefined;
  };
  await play(prepared, (point) => {
    const deviation = schedule.find(({ point: number }) => number === point.number)?.deviation;
    const who = `${clockText(point.at)}  ${point.actor}, ${point.step}`;
    if (turn?.who !== who) {
      end();
      turn = { who, calls: [] };
    }
    if (!deviation || deviation.kind === 'dies') turn?.calls.push(point.what);
    if (deviation) {
      end();
      lines.push(`${' '.repeat(10)}! ${inWords(deviation, point)}`);
    }
    return deviation;
  });
  end();
  return lines;
}

function inWords(deviation: Deviation, { actor, step, what }: Point): string {
  const where = what === 'starts' ? `the start of ${step}` : `its call of ${what}`;
  switch (deviation.kind) {
    case 'preempted':
      return `${actor} is held at ${where} until ${deviation.by} has made a step`;
    case 'late':
      return what === 'starts' ? `${step} finds no room to run for ten minutes` : `${what} takes as long as ${step} may run`;
    case 'dies':
      return what === 'starts' ? `${step} dies as it starts` : `${step} dies after ${what}`;
  }
}

function clockText(at: number): string {
  const seconds = (at - STARTS_AT) / 1_000;
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${(seconds % 60).toFixed(0).padStart(2, '0')} min`;
}
