import { readdirSync, rmdirSync } from 'node:fs';
import { killControlGroups, removeControlGroups } from './control-groups.ts';
import { isRunAlive, NODES_ROOT, type NodeFolder, nodeFolder, runId } from './node-folder.ts';
import { removeImage } from './node-image.ts';

const alive = new Map<string, NodeFolder>();
let hooked = false;

/** Remembers a node, so that it is destroyed when this process ends in whatever way can be noticed. */
export function registerNode(folder: NodeFolder): void {
  if (alive.has(folder.base)) throw new Error(`a node with this name is running already: ${folder.base}`);
  alive.set(folder.base, folder);
  if (hooked) return;
  hooked = true;
  process.on('exit', destroyAllNodes);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // With another listener the program ends itself in its own order, and the exit hook does the rest.
      if (process.listenerCount(signal) === 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
}

/** Ends and unmounts a node and removes every trace of it. Safe to repeat. */
export async function destroyNode(folder: NodeFolder): Promise<void> {
  destroyNow(folder);
}

/** One node that resists must not keep the others alive; what failed is said, as nobody is left to catch it. */
function destroyAllNodes(): void {
  for (const folder of [...alive.values()]) {
    try {
      destroyNow(folder);
    } catch (error) {
      console.error(`could not clean up ${folder.base}: ${String(error)}`);
    }
  }
}

/**
 * Ends and unmounts what runs left that were killed before they could clean up; returns the nodes' names. Recognises ours by the path
 * of their folder, and leaves the nodes of a run that is still alive alone.
 */
export function cleanUpLeftovers(): readonly string[] {
  const dead = entriesOf(NODES_ROOT).filter((run) => run !== runId() && !isRunAlive(run));
  return dead.flatMap((run) => {
    const names = entriesOf(`${NODES_ROOT}/${run}`);
    for (const name of names) destroyNow(nodeFolder(name, run));
    removeIfEmpty(`${NODES_ROOT}/${run}`);
    return names;
  });
}

/** Synchronous, because it also runs while the process is exiting. */
function destroyNow(folder: NodeFolder): void {
  killControlGroups(folder.unitName);
  removeControlGroupsWhenEmpty(folder.unitName);
  removeImage(folder);
  removeIfEmpty(folder.base.slice(0, folder.base.lastIndexOf('/')));
  removeIfEmpty(`/run/systemd/nspawn/propagate/${folder.unitName}`);
  alive.delete(folder.base);
}

/** Killed processes leave their control group a moment after the signal, longer on a crowded machine. */
const EMPTYING_ATTEMPTS = 200;

function removeControlGroupsWhenEmpty(unitName: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      removeControlGroups(unitName);
      return;
    } catch (error) {
      if (attempt === EMPTYING_ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
      killControlGroups(unitName);
      pause(10);
    }
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Names in a folder; none when it is gone, which another run that cleans up may see to at any moment. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error;
  }
}
