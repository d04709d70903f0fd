/**
 * The control program of the CloudWatch agent, simulated inside a node: `amazon-cloudwatch-agent-ctl`. It takes configurations, merges them
 * and restarts its service as the real one does; what it would measure is measured by the local AWS from outside.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';

type Json = Record<string, unknown>;

const ETC = '/opt/aws/amazon-cloudwatch-agent/etc';
const TAKEN = `${ETC}/amazon-cloudwatch-agent.d`;
/** What the agent is started with; the real one is TOML. */
const TRANSLATED = `${ETC}/amazon-cloudwatch-agent.toml`;
const OLD_STYLE = `${ETC}/amazon-cloudwatch-agent.json`;
const SERVICE = 'amazon-cloudwatch-agent.service';

/** Sections whose parts are merged one by one, and lists that are joined; all else must be equal. */
const OPENED = new Set(['/agent', '/metrics', '/metrics/metrics_collected', '/logs', '/logs/logs_collected', '/logs/logs_collected/files']);
const JOINED = new Set(['/metrics/metrics_collected/procstat', '/logs/logs_collected/files/collect_list']);

const { values } = parseArgs({
  options: {
    action: { type: 'string', short: 'a' },
    mode: { type: 'string', short: 'm' },
    configuration: { type: 'string', short: 'c' },
    restart: { type: 'boolean', short: 's' },
  },
});
mkdirSync(TAKEN, { recursive: true });

switch (values.action) {
  case 'status':
    console.log(
      JSON.stringify(
        { status: isRunning() ? 'running' : 'stopped', configstatus: existsSync(TRANSLATED) ? 'configured' : 'not configured' },
        null,
        2,
      ),
    );
    break;
  case 'stop':
    systemctl('stop');
    break;
  case 'start':
    translate('remove');
    start();
    break;
  case 'append-config':
  case 'fetch-config':
    configure(values.action === 'append-config' ? 'append' : 'default');
    break;
  case 'remove-config':
    rmSync(join(TAKEN, takenName()));
    translate('remove');
    if (values.restart) restart();
    break;
  default:
    end(`Invalid action: ${values.action}`);
}

function configure(how: 'append' | 'default'): void {
  const location = values.configuration ?? '';
  if (!location.startsWith('file:')) end(`the simulated agent takes files only, not ${location}`);
  for (const name of leftovers()) rmSync(join(TAKEN, name));
  writeFileSync(join(TAKEN, `${takenName()}.tmp`), readFileSync(location.slice('file:'.length)));
  console.log('Start configuration validation...');
  translate(how);
  console.log('Configuration validation succeeded');
  if (how === 'default') {
    rmSync(OLD_STYLE, { force: true });
    for (const name of readdirSync(TAKEN).filter((each) => !each.endsWith('.tmp'))) rmSync(join(TAKEN, name));
  }
  for (const name of leftovers()) renameSync(join(TAKEN, name), join(TAKEN, name.slice(0, -'.tmp'.length)));
  if (values.restart) restart();
}

function takenName(): string {
  const [kind = '', place = ''] = (values.configuration ?? '').split(/:(.*)/s);
  return `${kind}_${(kind === 'file' ? basename(place) : place).replaceAll(/[/ :]/g, '_')}`;
}

function leftovers(): readonly string[] {
  return readdirSync(TAKEN).filter((name) => name.endsWith('.tmp'));
}

/** Merges what counts in this way of configuring, and writes it down; nothing is written where two contradict each other. */
function translate(how: 'append' | 'default' | 'remove'): void {
  const texts = new Map<string, string>();
  const read = (name: string, path: string) => texts.set(name, readFileSync(path, 'utf8'));
  if (how !== 'default' && existsSync(OLD_STYLE)) read(OLD_STYLE, OLD_STYLE);
  const names = readdirSync(TAKEN);
  if (how !== 'default') for (const name of names.filter((each) => !each.endsWith('.tmp'))) read(name, join(TAKEN, name));
  if (how !== 'remove') for (const name of leftovers()) read(name.slice(0, -'.tmp'.length), join(TAKEN, name));
  const merged: Json = {};
  const errors: string[] = [];
  for (const name of [...texts.keys()].sort()) mergeInto(merged, JSON.parse(texts.get(name) ?? '') as Json, '/', errors);
  if (errors.length > 0) end([...errors, 'Failed to merge multiple json config files.'].join('\n'));
  writeFileSync(TRANSLATED, `${JSON.stringify(merged, null, 2)}\n`);
}

function mergeInto(result: Json, source: Json, path: string, errors: string[]): void {
  for (const [key, value] of Object.entries(source)) {
    const here = `${path}${key}`;
    const there = result[key];
    if (there === undefined) result[key] = structuredClone(value);
    else if (OPENED.has(here)) mergeInto(there as Json, value as Json, `${here}/`, errors);
    else if (JOINED.has(here)) {
      for (const one of value as unknown[])
        if (!(there as unknown[]).some((other) => isDeepStrictEqual(one, other))) (there as unknown[]).push(one);
    } else if (!isDeepStrictEqual(there, value)) errors.push(`Under path : ${here} | Error : Different values are specified for ${key}`);
  }
}

function isRunning(): boolean {
  return spawnSync('systemctl', ['is-active', '--quiet', SERVICE]).status === 0;
}

function start(): void {
  systemctl('enable');
  systemctl('restart');
}

function restart(): void {
  if (isRunning()) systemctl('stop');
  start();
}

function systemctl(verb: string): void {
  execFileSync('systemctl', [verb, SERVICE], { stdio: 'inherit' });
}

function end(why: string): never {
  console.error(why);
  process.exit(1);
}
