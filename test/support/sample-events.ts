import { readdirSync, readFileSync } from 'node:fs';

const folder = `${import.meta.dirname}/events`;

/** The events of `events/`, by file name: shapes as AWS sends them, values invented. */
export const sampleNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

/** A fresh copy of a sample event. */
export function sampleEvent(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
}

/** A sample alarm event with some of its `detail` replaced. */
export function sampleAlarm(name: string, detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const event = sampleEvent(name);
  return { ...event, detail: { ...(event.detail as object), ...detail } };
}
