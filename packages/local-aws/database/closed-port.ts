import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('closed-port.py', import.meta.url));

/** A port of 127.0.0.1 at which nothing comes back. */
export interface ClosedPort {
  readonly port: number;
  /** Gives the port free again. */
  open(): Promise<void>;
}

/** Closes a port, or any free one for 0. It is open again when this process is gone, too. */
export async function closePort(port: number): Promise<ClosedPort> {
  const child = spawn('python3', [PROGRAM, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const [said] = await Promise.race([
    once(child.stdout, 'data'),
    exit.then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
  ]);
  return {
    port: Number(said),
    async open() {
      child.stdin.end();
      await exit;
    },
  };
}
