import { doctorClients } from '../../lambdas/adapters/doctor-clients.ts';
import type { Place } from '../../lambdas/adapters/operator-clients.ts';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import type { Check, Place as Looked } from '../../lambdas/core/doctor/check.ts';
import { examine, exitCodeOf } from '../../lambdas/core/doctor/examine.ts';
import { type Finding, unknown, wrong } from '../../lambdas/core/doctor/finding.ts';
import { checks } from '../../lambdas/core/doctor/registry.ts';
import type { Manifest } from '../../lambdas/core/manifest.ts';
import { CannotDo, inTwoLines } from './cannot-do.ts';
import { type Account, readAll } from './doctor/account.ts';
import { deployedAccount, regionOf } from './doctor/deployed-account.ts';
import { type Output, table } from './output.ts';
import { doctorRights } from './rights.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';

export interface DoctorOptions {
  /** Names of the checks. @default - all */
  readonly only?: readonly string[];
  readonly onNodes?: boolean;
}

/** What one check found. */
export interface Examined {
  readonly check: string;
  readonly whether: string;
  readonly findings: readonly Finding[];
}

/** Looks over a deployed pipeline before the first fault. Nothing is changed. */
export async function doctor(
  pipeline: string,
  place: Place,
  { onNodes = false, ...options }: DoctorOptions,
  now: number,
  screen: Screen,
): Promise<Output> {
  const chosen = chosenChecks(options.only);
  const aws = doctorClients(place);
  const manifest = await manifestOf(() => readManifest(pipeline, aws.ssm), pipeline, doctorRights({ pipeline, ...place }));
  if (!('policies' in manifest))
    return outputOf([{ check: 'pipeline', whether: 'the pipeline is deployed', findings: [manifest] }], screen);
  const where = { pipeline, region: regionOf(manifest), profile: place.profile, now };
  return examined(chosen, deployedAccount({ aws, pipeline, manifest, profile: place.profile, now, onNodes }), where, screen);
}

/** The same on any account, so that it can be tried on one that is made up. */
export async function examined(chosen: readonly Check[], account: Account, place: Looked, screen: Screen): Promise<Output> {
  const needed = [...new Set(chosen.flatMap(({ needs }) => needs))];
  let done = 0;
  const read = await readAll(account, needed, () => {
    done += 1;
    screen.progress(done === needed.length ? '' : `${done} of ${needed.length} are read`);
  });
  return outputOf(
    chosen.map((check) => ({ check: check.name, whether: check.whether, findings: examine(check, read, place) })),
    screen,
  );
}

/** @throws CannotDo for a name that no check has */
export function chosenChecks(only: readonly string[] | undefined): readonly Check[] {
  const strange = only?.find((name) => !checks.some((check) => check.name === name));
  if (strange !== undefined)
    throw new CannotDo(`there is no check "${strange}"`, `its checks are ${checks.map(({ name }) => name).join(', ')}`);
  return checks.filter(({ name }) => only === undefined || only.includes(name));
}

async function manifestOf(read: () => Promise<Manifest | undefined>, pipeline: string, rights: string): Promise<Manifest | Finding> {
  try {
    const missing = wrong(
      pipeline,
      'there is no pipeline of that name in this account and Region',
      'check --profile, --region and --pipeline',
    );
    return (await read()) ?? missing;
  } catch (error) {
    const [what, next] = inTwoLines(error, rights);
    return unknown(pipeline, `its manifest could not be read: ${what}`, next);
  }
}

const marks = {
  ok: { meaning: 'good', word: 'ok' },
  warning: { meaning: 'attention', word: 'WARNING' },
  wrong: { meaning: 'bad', word: 'WRONG' },
  unknown: { meaning: 'attention', word: 'UNKNOWN' },
} as const;

/** What checks found, in lines. */
export function outputOf(results: readonly Examined[], screen: Screen): Output {
  const all = results.flatMap(({ findings }) => findings);
  const text = [
    table(
      [],
      results.flatMap((each) => rowsOf(each, screen)),
      screen,
    ),
    '',
    sumOf(all),
  ].join('\n');
  return { data: results, text, exitCode: exitCodeOf(all) };
}

/** What is well takes one line; what is not says what, and what to do. */
function rowsOf({ check, findings }: Examined, screen: Screen): readonly (readonly string[])[] {
  const mark = (state: Finding['state']) => screen.style(marks[state].meaning, marks[state].word);
  const bad = findings.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) {
    const [first, ...more] = findings;
    const also = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return [[mark('ok'), check, `${saidShortly(first?.says ?? 'there is nothing to look at', screen)}${also}`]];
  }
  return bad.flatMap(({ state, about, says, mend }) => [
    [mark(state), check, `${about}: ${saidShortly(says, screen)}`],
    ...(mend?.split('\n') ?? []).map((line) => ['', '', `→ ${line}`]),
  ]);
}

function sumOf(findings: readonly Finding[]): string {
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  if (findings.every(({ state }) => state === 'ok')) return 'All is well.';
  return `${count('wrong')} wrong, ${count('unknown')} unknown, ${count('warning')} warnings.`;
}
