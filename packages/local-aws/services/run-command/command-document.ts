import { z } from 'zod';
import { AwsError } from '../../gateway/service.ts';

/** The part of a Command document, schema 2.2, that Run Command acts on. */
const parameterSchema = z.object({
  type: z.enum(['String', 'StringList', 'Boolean', 'Integer', 'MapList', 'StringMap']),
  description: z.string().optional(),
  default: z.union([z.string(), z.array(z.string()), z.boolean(), z.number()]).optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
  minChars: z.number().optional(),
  maxChars: z.number().optional(),
  interpolationType: z.literal('ENV_VAR').optional(),
});

const stepSchema = z.object({
  action: z.string(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  precondition: z.object({ StringEquals: z.tuple([z.string(), z.string()]) }).optional(),
  inputs: z.union([
    z.object({
      runCommand: z.union([z.string(), z.array(z.string())]),
      timeoutSeconds: z.union([z.string(), z.number()]).optional(),
      workingDirectory: z.string().optional(),
    }),
    /** Of `aws:configurePackage`. */
    z.object({ name: z.string(), action: z.literal('Install'), version: z.string().optional() }),
  ]),
});

const documentSchema = z.object({
  schemaVersion: z.literal('2.2'),
  description: z.string().optional(),
  parameters: z.record(z.string().regex(/^[a-zA-Z0-9]+$/), parameterSchema).default({}),
  mainSteps: z.array(stepSchema).min(1),
});

export type CommandDocument = z.infer<typeof documentSchema>;
export type DocumentParameter = z.infer<typeof parameterSchema>;
export type DocumentStep = z.infer<typeof stepSchema>;

/** Parameter values of one command, by name, as SendCommand sends them: always lists. */
export type ParameterValues = Readonly<Record<string, readonly string[]>>;

/** Reads a document's JSON text; refuses with `InvalidDocumentContent` what Systems Manager would refuse. */
export function parseCommandDocument(content: string): CommandDocument {
  const parsed = documentSchema.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AwsError('InvalidDocumentContent', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a Command document'}`);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new AwsError('InvalidDocumentContent', 'JSON not well-formed. (The local AWS reads JSON documents only.)');
  }
}

/** Fills in defaults and checks every value against its declaration, as SendCommand does before anything reaches a node. */
export function resolveParameters(document: CommandDocument, given: ParameterValues): ParameterValues {
  for (const name of Object.keys(given)) {
    if (document.parameters[name] === undefined)
      throw new AwsError('InvalidParameters', `Parameter ${name} is not defined in the document.`);
  }
  const entries = Object.entries(document.parameters).map(([name, declared]) => {
    const values = given[name] ?? defaultOf(name, declared);
    checkValues(name, declared, values);
    return [name, values] as const;
  });
  return Object.fromEntries(entries);
}

function defaultOf(name: string, declared: DocumentParameter): readonly string[] {
  if (declared.default === undefined) throw new AwsError('InvalidParameters', `Parameter ${name} is required and has no value.`);
  return Array.isArray(declared.default) ? declared.default : [String(declared.default)];
}

function checkValues(name: string, declared: DocumentParameter, values: readonly string[]): void {
  if (declared.type !== 'StringList' && values.length !== 1) {
    throw new AwsError('InvalidParameters', `Parameter ${name} takes exactly one value.`);
  }
  for (const value of values) {
    const fault = faultOf(declared, value);
    if (fault !== undefined) throw new AwsError('InvalidParameters', `Parameter ${name}: ${fault}`);
  }
}

function faultOf(declared: DocumentParameter, value: string): string | undefined {
  if (declared.allowedValues !== undefined && !declared.allowedValues.includes(value)) {
    return `value is not one of ${declared.allowedValues.join(', ')}.`;
  }
  if (declared.allowedPattern !== undefined && !new RegExp(declared.allowedPattern).test(value)) {
    return `value does not match ${declared.allowedPattern}.`;
  }
  if (declared.minChars !== undefined && value.length < declared.minChars) return `value has fewer than ${declared.minChars} characters.`;
  if (declared.maxChars !== undefined && value.length > declared.maxChars) return `value has more than ${declared.maxChars} characters.`;
  return undefined;
}
