import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of `calls.jsonl`: what was really asked of AWS. */
export interface RecordedCall {
  /** ISO time at which the call arrived. */
  readonly time: string;
  readonly service: string;
  readonly action: string;
  /** HTTP status of the answer; 0 when the connection was cut before there was one. */
  readonly status: number;
  readonly durationMs: number;
  /** Only for calls that change something. */
  readonly parameters?: unknown;
  /** What the gateway did besides passing the call on: a disturbance, an event that AWS would refuse. */
  readonly note?: string;
}

export interface CallRecord {
  add(call: RecordedCall): void;
  all(): readonly RecordedCall[];
  close(): Promise<void>;
}

/** Enough for a SendCommand or a policy, too little for a template to drown the record in. */
const MAX_PARAMETER_CHARACTERS = 4000;

const READ_ACTION = /^(Describe|Get|List|Query|Scan|BatchGet|TransactGet|Head|Receive|Filter|Search|Lookup)/;

/** Whether a call only reads. Of REST calls the action is the method and path. */
export const isRead = (action: string): boolean => READ_ACTION.test(action) || /^(GET|HEAD) /.test(action);

export function openCallRecord(file: string): CallRecord {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'w' });
  const calls: RecordedCall[] = [];
  return {
    add: (call) => {
      calls.push(call);
      stream.write(`${JSON.stringify(call)}\n`);
    },
    all: () => calls,
    close: () => new Promise((resolve, reject) => stream.on('error', reject).end(resolve)),
  };
}

/** The parameters for the record; what is too long is cut and says so. */
export function bounded(parameters: Readonly<Record<string, unknown>>): unknown {
  const text = JSON.stringify(parameters);
  if (text.length <= MAX_PARAMETER_CHARACTERS) return parameters;
  return { cut: `${text.length} characters, the first ${MAX_PARAMETER_CHARACTERS} follow`, text: text.slice(0, MAX_PARAMETER_CHARACTERS) };
}
