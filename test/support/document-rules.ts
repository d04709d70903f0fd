import { RE2JS } from 're2js';

/** A Command document as its template has it. */
export interface DocumentContent {
  readonly schemaVersion: string;
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly mainSteps: readonly Step[];
}

interface Step {
  readonly name: string;
  readonly action: string;
  readonly precondition?: Readonly<Record<string, readonly string[]>>;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Of schema 2.2: what a document, a parameter and a step may have. The agent ignores the rest, and Systems Manager refuses it. */
const known = {
  document: ['schemaVersion', 'description', 'parameters', 'mainSteps'],
  parameter: [
    ...['type', 'description', 'default', 'allowedValues', 'allowedPattern', 'displayType', 'interpolationType'],
    ...['minItems', 'maxItems', 'minChars', 'maxChars'],
  ],
  step: ['name', 'action', 'precondition', 'inputs', 'isEnd', 'onFailure', 'finallyStep', 'maxAttempts', 'timeoutSeconds'],
  types: ['String', 'StringList', 'Boolean', 'Integer', 'MapList', 'StringMap'],
};

const script = ['runCommand', 'timeoutSeconds', 'workingDirectory'];
/** The plug-ins of the agent that a Command document may name, with the inputs that each takes. */
const inputsByAction: Readonly<Record<string, readonly string[]>> = {
  'aws:runShellScript': script,
  'aws:runPowerShellScript': script,
  'aws:configurePackage': ['name', 'action', 'version', 'installationType', 'additionalArguments'],
  'aws:downloadContent': ['sourceType', 'sourceInfo', 'destinationPath'],
  'aws:runDocument': ['documentType', 'documentPath', 'documentParameters'],
};
const platformOfAction: Readonly<Record<string, string>> = { 'aws:runShellScript': 'Linux', 'aws:runPowerShellScript': 'Windows' };

/** Systems Manager takes no larger document. */
const LARGEST_DOCUMENT_BYTES = 64 * 1_024;
const NAME = /^[A-Za-z0-9_.-]{3,128}$/;
/** The agent's own rule; another parameter it drops without a word. */
const PARAMETER_NAME = /^[A-Za-z0-9]+$/;
/** The agent replaces a time outside of these by an hour. */
const timeoutSeconds = { least: 5, most: 172_800 };
/** Set by the agent itself. */
const OWN_VARIABLES = new Set(['COMMAND_ID']);

/** Everything for which Systems Manager or its agent would refuse a document, drop a part of it, or run it otherwise than it reads. */
export function documentProblems(name: string, content: DocumentContent): readonly string[] {
  const { schemaVersion, parameters = {}, mainSteps } = content;
  const names = mainSteps.map((step) => step.name);
  return [
    ...(NAME.test(name) ? [] : [`the name ${name} is not allowed`]),
    ...(/^(aws|amazon|amzn)/i.test(name) ? [`the name ${name} begins as only AWS's may`] : []),
    ...(schemaVersion === '2.2' ? [] : [`the schema is ${schemaVersion}, not 2.2`]),
    ...strangers('the document', content, known.document),
    ...(Buffer.byteLength(JSON.stringify(content)) > LARGEST_DOCUMENT_BYTES ? ['the document is larger than 64 KB'] : []),
    ...Object.entries(parameters).flatMap(([parameter, declared]) => parameterProblems(parameter, declared)),
    ...(mainSteps.length > 0 ? [] : ['there is no step']),
    ...(new Set(names).size === names.length ? [] : ['two steps have one name']),
    ...mainSteps.flatMap((step) => stepProblems(step, mainSteps.length, parameters)),
    ...variableProblems(content),
  ];
}

function parameterProblems(name: string, declared: Readonly<Record<string, unknown>>): readonly string[] {
  const { type, interpolationType, allowedPattern, allowedValues, default: usual } = declared;
  const values = [usual].flat().filter((value): value is string => typeof value === 'string');
  return [
    ...(PARAMETER_NAME.test(name) ? [] : [`parameter ${name}: the agent knows letters and digits only`]),
    ...strangers(`parameter ${name}`, declared, known.parameter),
    ...(known.types.includes(String(type)) ? [] : [`parameter ${name}: there is no type ${String(type)}`]),
    ...(interpolationType === undefined || interpolationType === 'ENV_VAR'
      ? []
      : [`parameter ${name}: there is no interpolationType ${String(interpolationType)}`]),
    ...(interpolationType === 'ENV_VAR' && type !== 'String' ? [`parameter ${name}: only a String can be an environment variable`] : []),
    ...(typeof allowedPattern === 'string' ? patternProblems(name, allowedPattern, values) : []),
    ...(Array.isArray(allowedValues)
      ? values.filter((value) => !allowedValues.includes(value)).map((value) => `parameter ${name}: its default ${value} is not allowed`)
      : []),
  ];
}

/**
 * Systems Manager checks values by Java's expressions, the agent by Go's, which are RE2. The agent compiles every pattern before it runs
 * anything and refuses the document for one that does not compile. RE2 knows no look-around and no back reference, and multiplies
 * nested counted repeats: more than 1,000 are refused.
 */
function patternProblems(name: string, pattern: string, defaults: readonly string[]): readonly string[] {
  const compiled = compiledBy(() => RE2JS.compile(pattern));
  if (typeof compiled === 'string') return [`parameter ${name}: the agent cannot compile ${pattern}: ${compiled}`];
  return [
    ...(/^\^[\s\S]*\$$/.test(pattern) ? [] : [`parameter ${name}: the pattern ${pattern} is open at an end, and the agent only searches`]),
    ...defaults
      .filter((value) => !compiled.matcher(value).find() || !new RegExp(pattern).test(value))
      .map((value) => `parameter ${name}: its default ${JSON.stringify(value)} does not match ${pattern}`),
  ];
}

function compiledBy(compile: () => RE2JS): RE2JS | string {
  try {
    return compile();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function stepProblems(step: Step, steps: number, parameters: NonNullable<DocumentContent['parameters']>): readonly string[] {
  const { name, action, precondition, inputs } = step;
  const inputNames = inputsByAction[action];
  const platform = platformOfAction[action];
  return [
    ...(NAME.test(name) ? [] : [`the step's name ${name} is not allowed`]),
    ...strangers(`step ${name}`, step, known.step),
    ...(inputNames ? strangers(`the inputs of step ${name}`, inputs, inputNames) : [`step ${name}: there is no action ${action}`]),
    ...(platform && steps > 1 && JSON.stringify(precondition) !== JSON.stringify({ StringEquals: ['platformType', platform] })
      ? [`step ${name}: it is not bound to ${platform}, and would fail elsewhere`]
      : []),
    ...(platform ? scriptProblems(name, inputs, parameters) : []),
  ];
}

/**
 * The time of a step, which may be a parameter of the document: one that the agent puts in the place of its name, and of digits alone.
 * With the values of one command it is that command's time, without them the document's usual one.
 */
export function stepSeconds(
  given: unknown,
  parameters: NonNullable<DocumentContent['parameters']>,
  sent: Readonly<Record<string, string>> = {},
): number {
  const [, name] = /^\{\{ (\w+) \}\}$/.exec(String(given)) ?? [];
  if (name === undefined) return Number(given);
  const { type, interpolationType, allowedPattern, default: usual } = parameters[name] ?? {};
  const isNumber = type === 'String' && interpolationType === undefined && /^\^[[\]0-9{},?-]+\$$/.test(String(allowedPattern));
  return isNumber ? Number(sent[name] ?? usual) : Number.NaN;
}

function scriptProblems(
  name: string,
  { runCommand, timeoutSeconds: given }: Step['inputs'],
  parameters: NonNullable<DocumentContent['parameters']>,
): readonly string[] {
  if (!Array.isArray(runCommand) || runCommand.length === 0) return [`step ${name}: it has no script`];
  const text = runCommand.join('\n');
  const seconds = stepSeconds(given, parameters);
  return [
    ...(/\{\{/.test(text) ? [`step ${name}: the script has {{ in it, which is replaced before it runs`] : []),
    ...(/\r/.test(text) ? [`step ${name}: the script has a carriage return in it`] : []),
    ...(Number.isInteger(seconds) && seconds >= timeoutSeconds.least && seconds <= timeoutSeconds.most
      ? []
      : [`step ${name}: the agent makes an hour of the time ${String(given)}`]),
  ];
}

/** Whatever a script reads must be declared, since an undeclared variable is unset; and what is declared must be read. */
function variableProblems({ parameters = {}, mainSteps }: DocumentContent): readonly string[] {
  const scripts = mainSteps.filter(({ action }) => action in platformOfAction);
  const texts = scripts.map(({ name, inputs }) => ({ name, text: [inputs.runCommand].flat().join('\n') }));
  const reads = texts.flatMap(({ name, text }) =>
    [...text.matchAll(/(?<![A-Z_])SSM_(\w+)/g)].map(([, variable = '']) => ({ name, variable })),
  );
  const read = new Set(reads.map(({ variable }) => variable));
  return [
    ...reads
      .filter(({ variable }) => !(variable in parameters) && !OWN_VARIABLES.has(variable))
      .map(({ name, variable }) => `step ${name}: it reads SSM_${variable}, which is no parameter`),
    ...reads
      .filter(({ variable }) => variable in parameters && parameters[variable]?.interpolationType !== 'ENV_VAR')
      .map(({ name, variable }) => `step ${name}: it reads SSM_${variable}, which is no environment variable`),
    ...Object.entries(parameters)
      .filter(([name, { interpolationType }]) => interpolationType === 'ENV_VAR' && !read.has(name))
      .map(([name]) => `parameter ${name}: no script reads it`),
  ];
}

/** Problems of values that are sent: what is not declared, what is left out without a default, what the pattern refuses. */
export function valueProblems({ parameters = {} }: DocumentContent, sent: Readonly<Record<string, string>>): readonly string[] {
  return [
    ...Object.keys(sent)
      .filter((name) => !(name in parameters))
      .map((name) => `${name} is no parameter`),
    ...Object.entries(parameters)
      .filter(([name, declared]) => !(name in sent) && declared.default === undefined)
      .map(([name]) => `${name} is not sent and has no default`),
    ...Object.entries(sent).flatMap(([name, value]) => {
      const pattern = parameters[name]?.allowedPattern;
      if (typeof pattern !== 'string') return [];
      return RE2JS.compile(pattern).matcher(value).find() && new RegExp(pattern).test(value)
        ? []
        : [`${name}: ${value} does not match ${pattern}`];
    }),
  ];
}

function strangers(what: string, given: object, allowed: readonly string[]): readonly string[] {
  return Object.keys(given)
    .filter((key) => !allowed.includes(key))
    .map((key) => `${what} has ${key}, which schema 2.2 does not know`);
}
