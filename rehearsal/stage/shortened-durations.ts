import type { Template, TemplateResource } from '@self-healing/local-aws/deployment/supplied-template.ts';
import { renewRecords } from './policy-records.ts';

const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
/** How old an event may be, and how long a storm lasts, is left as it is: how long the functions need for hundreds of events does not shrink. */
const DURATION =
  /(?<!"(?:signalAtMost|exitAfter|olderThan)":)(?<asked>"approval":\{"within":)?\{"(?<unit>seconds|minutes|hours|days)":(?<amount>\d+(?:\.\d+)?)\}/g;

/** People, and the commands by which they answer, do not become faster: of the time for it no more than this is taken. */
const ANSWERS_DIVISOR = 10;

interface Found {
  readonly asked?: string;
  readonly unit: keyof typeof SECONDS;
  readonly amount: string;
}

/**
 * The age of a file to be cleared: nobody can set back when a file was changed last, so that in the rehearsal it must really be that old.
 * A minute is the least that the script takes.
 */
const FILE_AGE = /"olderThan":\{"(?:hours|days)":\d+\}/g;

/**
 * Divides every duration of the policies that the EventBridge rules carry, so that a cooldown of minutes takes seconds in the
 * rehearsal; the time for an answer by less. None becomes shorter than one second. Counts are by the duration's original unit.
 */
export function shortenDurations(template: Template, divisor: number): { template: Template; shortened: Readonly<Record<string, number>> } {
  const shortened: Record<string, number> = {};
  const shorten = (text: string): string =>
    text.replace(FILE_AGE, '"olderThan":{"seconds":60}').replace(DURATION, (...match) => {
      const { asked, unit, amount } = match.at(-1) as Found;
      shortened[unit] = (shortened[unit] ?? 0) + 1;
      const by = asked === undefined ? divisor : Math.min(divisor, ANSWERS_DIVISOR);
      return `${asked ?? ''}{"seconds":${Math.max(1, Math.round((Number(amount) * SECONDS[unit]) / by))}}`;
    });
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => [id, shortenRule(resource, shorten)]);
  return { template: renewRecords({ ...template, Resources: Object.fromEntries(resources) }), shortened };
}

function shortenRule(resource: TemplateResource, shorten: (text: string) => string): TemplateResource {
  const targets = resource.Properties?.Targets;
  if (resource.Type !== 'AWS::Events::Rule' || !Array.isArray(targets)) return resource;
  return { ...resource, Properties: { ...resource.Properties, Targets: targets.map((target) => shortenTarget(target, shorten)) } };
}

/** The template of an input transformer is a string, or an `Fn::Join` whose string pieces are the policy's JSON. */
function shortenTarget(target: { InputTransformer?: { InputTemplate?: unknown } }, shorten: (text: string) => string): unknown {
  if (target.InputTransformer === undefined) return target;
  const InputTemplate = mapStrings(target.InputTransformer.InputTemplate, shorten);
  return { ...target, InputTransformer: { ...target.InputTransformer, InputTemplate } };
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]));
}
