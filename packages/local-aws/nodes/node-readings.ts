/** Pure readers of what the kernel tells; the files are read in `node-measurements.ts`. */

/** Processor time used so far, in clock ticks, from the text of `/proc/<pid>/stat`. */
export function processorTicks(stat: string): number {
  // The command name in parentheses may hold spaces; user and system time are fields 14 and 15, the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Memory of a process that cannot be given back without swapping, in KB, from `/proc/<pid>/status`: resident and not backed by a file. */
export function anonymousKilobytes(status: string): number {
  // A process that is ending gives its memory back before it is gone; the kernel then shows no memory lines at all.
  if (!/^Vm/m.test(status)) return 0;
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(status);
  if (match === null) throw new Error('no RssAnon in /proc/<pid>/status');
  return Number(match[1]);
}

/** Used share of a file system as `df` shows it: of what ordinary users may have, rounded to a tenth. */
export function usedPercent(disk: { readonly blocks: number; readonly bfree: number; readonly bavail: number }): number {
  const used = disk.blocks - disk.bfree;
  const usable = used + disk.bavail;
  return usable === 0 ? 0 : Math.round((1000 * used) / usable) / 10;
}

/** The kernel counts processor time in hundredths of a second on every Linux that Node.js runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Share of a processor limit that was used between two readings. Undefined without time between them or after a restart. */
export function cpuPercent(ticks: number, elapsedMs: number, limitPercentOfOneCore: number): number | undefined {
  if (elapsedMs <= 0 || ticks < 0) return undefined;
  const ofOneCore = (100 * ticks * 1000) / (TICKS_PER_SECOND * elapsedMs);
  return (100 * ofOneCore) / limitPercentOfOneCore;
}
