const PROCESSOR = /^ +inst\._zod\.processJSONSchema = .*;\n/gm;
const GENERATOR = /^import \{ createStandardJSONSchemaMethod, createToJSONSchemaMethod \} from "\.\.\/core\/to-json-schema\.js";$/m;

const NO_GENERATOR = `
const withoutJsonSchema = () => { throw new Error('the functions are bundled without JSON Schema'); };
const createStandardJSONSchemaMethod = withoutJsonSchema;
const createToJSONSchemaMethod = withoutJsonSchema;`;

/** The formats of strings as methods, each with the schema that it makes. */
const STRING_FORMATS =
  /(?<=^ {4}_ZodString\.init\(inst, def\);\n\}, )\{\n(?: {4}\w+\(params\) \{\n {8}return this\.check\(core\.\w+\(Zod\w+, params\)\);\n {4}\},\n)+\}(?=\);$)/m;

/** `z.string().email()`, which is the same as `z.email()`. */
const FORMAT_METHOD =
  /\.string\(\)(?:\s*\.\w+\([^()]*\))*\s*\.(?:email|url|jwt|emoji|guid|uuid\w*|nanoid|cuid2?|ulid|base64\w*|xid|ksuid|ipv\d|cidrv\d|e164|date|time|datetime|duration)\(/;

/**
 * Takes out of zod's schemas what each kind of them brings along: what writes it as JSON Schema, which no function does, and of strings
 * every format as a method.
 * @throws Error where zod brings them along in another way
 */
export function leanZod(source: string): string {
  const withoutProcessors = source.replaceAll(PROCESSOR, '');
  const schemas = withoutProcessors.replace(STRING_FORMATS, '{}');
  if (withoutProcessors === source || schemas === withoutProcessors || !GENERATOR.test(source))
    throw new Error('zod brings JSON Schema or formats of strings along in another way than before');
  return schemas.replace(GENERATOR, NO_GENERATOR);
}

/** @throws Error for a source that takes a format of strings as a method */
export function refuseFormatMethods(source: string): void {
  const [method] = FORMAT_METHOD.exec(source) ?? [];
  if (method !== undefined) throw new Error(`functions have no formats of strings as methods: write ${method}...) as a schema of its own`);
}
