import * as z from 'zod';
import { composed } from '../../lambdas/core/notice/compose.ts';
import { MOST_BYTES, noticeSchema, stages } from '../../lambdas/core/notice/notice.ts';
import { code, item, page, wrapped } from './markdown.ts';

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

export function noticePage(): string {
  const schema = z.toJSONSchema(noticeSchema) as JsonSchema;
  return page(
    'Notice',
    wrapped(
      'A notice is what people and other tools are told: one JSON object, from which the mail is written, too. It is `Notice` in the types of the package.',
    ),
    wrapped(
      `Fields are added in later versions and never change their meaning while \`version\` is the same: ignore those that you do not know. Known forms of secrets are taken out of every text, every list and text has a limit, and the whole is below ${MOST_BYTES.toLocaleString('en')} bytes. Lists are there even if they are empty.`,
    ),
    wrapped('Notices can come twice, as everything on AWS, and then have the same `id`. They may overtake each other: order them by `at`.'),
    '## Stages',
    Object.entries(stages)
      .map(([stage, tells]) => item(`${code(stage)}: ${tells}`))
      .join('\n'),
    '## Fields',
    fieldsOf(schema).join('\n'),
    '## Example',
    fenced(exampleNotice),
    '## JSON Schema',
    // The pattern of a time says what its format says.
    fenced(schema, (key, value) => (key === 'pattern' ? undefined : value)),
  );
}

/** The fields with those of the objects in them, by their path. */
function fieldsOf({ properties = {}, required = [] }: JsonSchema, path = ''): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const at = `${path}${name}${field.type === 'array' ? '[]' : ''}`;
    const facts = [typeOf(field), ...(required.includes(name) ? [] : ['optional']), ...limitsOf(field)].join(', ');
    return [item(`${code(at)} (${facts}): ${field.description ?? ''}`), ...fieldsOf(field.items ?? field, `${at}.`)];
  });
}

function typeOf({ type = 'text', enum: values, const: value, items }: JsonSchema): string {
  if (value !== undefined) return code(value);
  if (values) return values.map(code).join(' or ');
  if (type === 'array') return `list of ${items ? typeOf(items) : 'anything'}s`;
  return { string: 'text', integer: 'whole number' }[type] ?? type;
}

function limitsOf({ maxItems, maxLength, items }: JsonSchema): readonly string[] {
  return [
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength.toLocaleString('en')} characters`]),
    ...(items?.maxLength === undefined ? [] : [`each at most ${items.maxLength.toLocaleString('en')} characters`]),
  ];
}

function fenced(value: unknown, replace?: (key: string, value: unknown) => unknown): string {
  return ['```json', JSON.stringify(value, replace, 2), '```'].join('\n');
}

const incident = 'e55951af713770534f391987fe834fa0822e53920d021c069e919094493fae4d';

const exampleNotice = composed(
  { pipeline: 'healing', partition: 'aws', account: { id: '123456789012', alias: 'shop-production' }, region: 'eu-central-1' },
  {
    id: `${incident}/recovered/1`,
    stage: 'recovered',
    headline: 'RECOVERED: service-down on web-1 (i-0123456789abcdef0)',
    policy: { name: 'Fleet-service-down', symptom: 'service-down', mode: 'automatic' },
    target: { kind: 'instance', id: 'i-0123456789abcdef0', name: 'web-1' },
    incident: { id: incident, shortId: 'e55951af', openedAt: '2026-11-29T08:46:52.152Z' },
    thread: incident,
    outcome: 'recovered',
    reason: 'healed',
    seen: ['service web has no process'],
    done: [
      {
        at: '2026-11-29T08:46:58.350Z',
        remedy: 'restart-service',
        rung: 0,
        summary: 'restart service web, unless it is up',
        result: 'recovered',
        why: 'its contributor of alarm healing-Fleet-service-down is not in ALARM and still reports',
      },
    ],
    why: ['The symptom is gone after a remedy and stayed gone for the probation time.'],
    kept: ['web.service: Main process exited, code=killed, status=9/KILL'],
    doNow: [
      {
        text: 'Nothing now. Look for the cause in working hours: a symptom that comes back has one.',
        command: 'self-healing-pipeline why e55951af --region eu-central-1',
      },
    ],
  },
  Date.parse('2026-11-29T08:47:13.152Z'),
);
