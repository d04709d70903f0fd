import * as z from 'zod';
import { choiceRuleSchema } from './choice-rule.ts';

/** Words of the language that say nothing about what is done. */
const remark = { Comment: z.string().optional() };

const onwards = { Next: z.string().optional(), End: z.literal(true).optional() };

const seconds = z.number().positive();

const retrierSchema = z.strictObject({
  ...remark,
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().positive().default(1),
  MaxAttempts: z.int().nonnegative().default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const catcherSchema = z.strictObject({
  ...remark,
  ErrorEquals: z.array(z.string()).min(1),
  ResultPath: z.string().nullable().default('$'),
  Next: z.string(),
});

const taskSchema = z.strictObject({
  ...remark,
  ...onwards,
  Type: z.literal('Task'),
  Resource: z.string(),
  Parameters: z.unknown().optional(),
  ResultSelector: z.unknown().optional(),
  ResultPath: z.string().nullable().default('$'),
  TimeoutSeconds: seconds.optional(),
  TimeoutSecondsPath: z.string().optional(),
  Retry: z.array(retrierSchema).default([]),
  Catch: z.array(catcherSchema).default([]),
});

const stateSchema = z.discriminatedUnion('Type', [
  taskSchema,
  z.strictObject({ ...remark, Type: z.literal('Choice'), Choices: z.array(choiceRuleSchema).min(1), Default: z.string().optional() }),
  z.strictObject({
    ...remark,
    ...onwards,
    Type: z.literal('Wait'),
    Seconds: z.number().nonnegative().optional(),
    SecondsPath: z.string().optional(),
    Timestamp: z.string().optional(),
    TimestampPath: z.string().optional(),
  }),
  z.strictObject({
    ...remark,
    ...onwards,
    Type: z.literal('Pass'),
    Result: z.unknown().optional(),
    Parameters: z.unknown().optional(),
    ResultPath: z.string().nullable().default('$'),
  }),
  z.strictObject({ ...remark, Type: z.literal('Succeed') }),
  z.strictObject({ ...remark, Type: z.literal('Fail'), Error: z.string().optional(), Cause: z.string().optional() }),
]);

const definitionSchema = z.strictObject({
  ...remark,
  StartAt: z.string(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
  TimeoutSeconds: seconds.optional(),
  States: z.record(z.string(), stateSchema),
});

export type State = z.output<typeof stateSchema>;
export type TaskState = z.output<typeof taskSchema>;
export type Retrier = z.output<typeof retrierSchema>;
export type Definition = z.output<typeof definitionSchema>;

/**
 * Reads a definition in Amazon States Language.
 *
 * @throws for every field, state or operator that this interpreter does not know, and for states that lead nowhere
 */
export function parseDefinition(text: string): Definition {
  const parsed = definitionSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`a state machine that cannot be interpreted: ${z.prettifyError(parsed.error)}`);
  const { StartAt, States } = parsed.data;
  const targets = [StartAt, ...Object.values(States).flatMap(successors)];
  const missing = targets.find((name) => !(name in States));
  if (missing !== undefined) throw new Error(`there is no state "${missing}"`);
  for (const [name, state] of Object.entries(States)) {
    if ('ResultPath' in state || state.Type === 'Wait') requireOneWay(name, state as { Next?: string; End?: true });
  }
  return parsed.data;
}

function successors(state: State): readonly string[] {
  return [
    ...('Next' in state && state.Next !== undefined ? [state.Next] : []),
    ...('Catch' in state ? state.Catch.map(({ Next }) => Next) : []),
    ...(state.Type === 'Choice' ? state.Choices.map(({ Next }) => Next) : []),
    ...(state.Type === 'Choice' && state.Default !== undefined ? [state.Default] : []),
  ];
}

function requireOneWay(name: string, { Next, End }: { readonly Next?: string; readonly End?: true }): void {
  if ((Next === undefined) === (End === undefined)) throw new Error(`state "${name}" needs either Next or End`);
}
