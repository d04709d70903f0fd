import { spawn } from 'node:child_process';

export interface CommandResult {
  /** -1 when the command was ended by a signal. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The signal that ended the program itself. @default - it ended by itself */
  readonly signal?: NodeJS.Signals;
  /** At the time limit nothing of the program's process group was left to end: something outside of it held the output open. @default false */
  readonly groupWasGone?: boolean;
}

export interface CommandOptions {
  /** Replaces the environment; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** @default - no time limit */
  readonly timeoutMs?: number;
  /** Waits until the output is closed by all that hold it, background processes too; the time limit ends that, too. @default - waits for the program only */
  readonly untilOutputIsClosed?: boolean;
  /** Ends the command early; its result then has `timedOut: false`. */
  readonly signal?: AbortSignal;
}

/** 1 MB per stream is far more than any answer read here and keeps a runaway script from filling our memory. */
const KEPT_CHARACTERS = 1_048_576;

/**
 * Runs one program to its end in its own process group, so that a time limit ends its children too.
 * Rejects only when the program cannot be started.
 */
export function runCommandLine(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { env: { ...options.env }, detached: true, stdio: 'pipe' });
    // What a dying program wrote last is still read.
    const closeOutputSoon = () =>
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 200).unref();
    let groupWasGone = false;
    const endGroup = () => {
      groupWasGone = !killGroup(child.pid);
      closeOutputSoon();
    };
    let timedOut = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup();
          }, options.timeoutMs);
    if (options.signal?.aborted) endGroup();
    options.signal?.addEventListener('abort', endGroup, { once: true });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', endGroup);
    };
    child.stdin.on('error', ignoreClosedInput);
    child.stdin.end(options.stdin ?? '');
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', () => {
      if (!options.untilOutputIsClosed) closeOutputSoon();
    });
    child.on('close', (code, signal) => {
      settle();
      const end = { exitCode: code ?? -1, stdout: stdout(), stderr: stderr(), timedOut };
      resolve({ ...end, ...(signal && { signal }), ...(groupWasGone && { groupWasGone }) });
    });
  });
}

/** A program may end without reading its input; its exit code tells whether that mattered. */
function ignoreClosedInput(): void {}

/** Whether there was anything to end. */
function killGroup(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (text.length < KEPT_CHARACTERS) text += chunk;
  });
  return () => text;
}
