import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { HubPause } from '../../core/hub/hub-pause.ts';
import { parsePause } from '../../core/pause.ts';
import type { PauseRecord, PauseSwitch } from '../../core/ports.ts';
import { burstClient, reading } from '../aws-call.ts';

/** The pause switch in Parameter Store. */
export function pauseSwitch(parameterName: string, client = new SSMClient({}), clock = Date.now): PauseSwitch {
  const admin = pauseAdmin(parameterName, client);
  return { read: async () => parsePause(await admin.read(), clock()) };
}

/** What the pause switch says, with who set it. */
export function pauseRecord(parameterName: string, client = new SSMClient(burstClient)): PauseRecord {
  const admin = pauseAdmin(parameterName, client);
  return {
    async last() {
      const last = (await admin.history()).at(-1);
      return last && { value: last.value, by: last.by, at: Date.parse(last.at) || 0 };
    },
  };
}

/** The pause switch of a hub as it is sent to pipelines; undefined where it is missing. */
export async function hubSwitch(parameterName: string, client = new SSMClient(burstClient)): Promise<HubPause | undefined> {
  const last = (await pauseAdmin(parameterName, client).history()).at(-1);
  return last && { value: last.value, at: Date.parse(last.at) || 0, sequence: last.version, by: last.by };
}

/** One value that the pause switch had. */
export interface PauseChange {
  readonly value: string;
  readonly at: string;
  /** ARN of who set it. */
  readonly by: string;
  /** Counts the values of the switch, from 1. */
  readonly version: number;
}

/** The pause switch as operators handle it. */
export interface PauseAdmin {
  /** The values so far, oldest first; none when the switch is missing. */
  history(): Promise<readonly PauseChange[]>;
  /** What it says now; undefined when the switch is missing. */
  read(): Promise<string | undefined>;
  set(value: string): Promise<void>;
  /** Sets the first value; a switch that is there already is left as it is. */
  make(value: string): Promise<void>;
}

/** The pause switch in Parameter Store, which keeps its last hundred values by itself. */
export function pauseAdmin(Name: string, client = new SSMClient({})): PauseAdmin {
  return {
    async history() {
      const entries: PauseChange[] = [];
      let NextToken: string | undefined;
      try {
        do {
          const page = await client.send(new GetParameterHistoryCommand({ Name, NextToken }));
          for (const { Value = '', LastModifiedDate, LastModifiedUser = '(unknown)', Version = 1 } of page.Parameters ?? [])
            entries.push({ value: Value, at: LastModifiedDate?.toISOString() ?? '(unknown)', by: LastModifiedUser, version: Version });
          NextToken = page.NextToken;
        } while (NextToken !== undefined);
      } catch (error) {
        if (error instanceof ParameterNotFound) return [];
        await reading('read the pause switch', () => Promise.reject(error));
      }
      return entries;
    },

    async read() {
      try {
        return (await client.send(new GetParameterCommand({ Name }))).Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        return reading('read the pause switch', () => Promise.reject(error));
      }
    },

    async make(Value) {
      const Description = `"${Value}" lets the self-healing pipeline act; anything else, such as a reason and your name, pauses it.`;
      try {
        await client.send(new PutParameterCommand({ Name, Value, Description, Type: 'String', Overwrite: false }));
      } catch (error) {
        if (error instanceof ParameterAlreadyExists) return;
        await reading('make the pause switch', () => Promise.reject(error));
      }
    },

    async set(Value) {
      await reading('set the pause switch', () => client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true })));
    },
  };
}
