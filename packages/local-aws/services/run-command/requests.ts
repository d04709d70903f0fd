import { z } from 'zod';
import { AwsError, type Parameters } from '../../gateway/service.ts';

/** The parameters of the added actions, as far as they are acted on. */

const text = z.string();
const page = { MaxResults: z.number().int().min(1).max(50).optional(), NextToken: text.optional() };
const filter = z.object({ key: text, value: text });

export const sendCommand = z.object({
  DocumentName: text,
  DocumentVersion: text.optional(),
  DocumentHash: text.optional(),
  InstanceIds: z.array(text).max(50).default([]),
  Targets: z.array(z.object({ Key: text, Values: z.array(text) })).default([]),
  TimeoutSeconds: z.number().int().min(30).max(2_592_000).default(3600),
  Comment: text.max(100).default(''),
  Parameters: z.record(text, z.array(text)).default({}),
});

export const getCommandInvocation = z.object({ CommandId: text, InstanceId: text, PluginName: text.optional() });

export const listCommands = z.object({
  CommandId: text.optional(),
  InstanceId: text.optional(),
  Filters: z.array(filter).default([]),
  Details: z.boolean().default(false),
  ...page,
});

export const cancelCommand = z.object({ CommandId: text, InstanceIds: z.array(text).default([]) });

export const describeInstances = z.object({
  Filters: z.array(z.object({ Key: text, Values: z.array(text) })).default([]),
  InstanceInformationFilterList: z.array(z.object({ key: text, valueSet: z.array(text) })).default([]),
  ...page,
});

export const createDocument = z.object({ Name: text, Content: text, DocumentType: text.default('Command') });
export const updateDocument = z.object({ Name: text, Content: text });
export const readDocument = z.object({ Name: text, DocumentVersion: text.optional() });
export const setDefaultVersion = z.object({ Name: text, DocumentVersion: text });

/** Reads an action's parameters; what does not fit is answered as the service's own validation would. */
export function read<T>(schema: z.ZodType<T>, parameters: Parameters): T {
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError('ValidationException', `1 validation error detected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}
