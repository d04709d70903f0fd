import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Schema, ServiceModel } from './model.ts';

/** Position of the name in a static structure schema `[type, namespace, name, traits, memberNames, memberSchemas]`. */
const SCHEMA_NAME = 2;
/** Smithy's number for `date-time`, the timestamp format of all XML protocols. */
const DATE_TIME = 5;

/** Encodes an answer of the query protocol: `<ActionResponse><ActionResult>...</ActionResult><ResponseMetadata/></ActionResponse>`. */
export function encodeQueryAnswer(action: string, answer: object, output: Schema, model: ServiceModel, requestId: string): string {
  const result = output.isStructSchema() ? structure(`${action}Result`, answer, output, model) : '';
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${action}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${action}Response>`;
}

/** Encodes an answer of EC2's query protocol, which nests no result and spells `requestId` its own way. */
export function encodeEc2Answer(action: string, answer: object, output: Schema, model: ServiceModel, requestId: string): string {
  const id = `<requestId>${requestId}</requestId>`;
  if (!output.isStructSchema()) {
    return `<${action}Response xmlns="${model.xmlNamespace}">${id}<return>true</return></${action}Response>`;
  }
  const body = structure(`${action}Response`, answer, output, model);
  return body.endsWith('/>') ? body.replace(/\/>$/, `>${id}</${action}Response>`) : body.replace(/>/, `>${id}`);
}

export function encodeQueryError(
  code: string,
  message: string,
  status: number,
  model: ServiceModel | undefined,
  requestId: string,
): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const error = `<Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return `<ErrorResponse xmlns="${model?.xmlNamespace ?? ''}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}

export function encodeEc2Error(code: string, message: string, requestId: string): string {
  const error = `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`;
}

function structure(name: string, answer: object, output: Schema, model: ServiceModel): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: false,
    xmlNamespace: model.xmlNamespace,
    serviceNamespace: model.namespace,
  });
  serializer.write(renamed(output, name), answer);
  return String(serializer.flush());
}

/** The answer's outer element is named after the action, not after the output's shape. */
function renamed(output: Schema, name: string): Schema {
  const schema: unknown = output.getSchema();
  if (!Array.isArray(schema)) throw new TypeError(`The output shape of ${name} is not a static structure.`);
  return NormalizedSchema.of(schema.with(SCHEMA_NAME, name) as unknown as Parameters<typeof NormalizedSchema.of>[0]);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
}
