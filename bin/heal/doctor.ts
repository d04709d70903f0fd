import { doctorClients } from '../../lambdas/adapters/doctor-clients.ts';
import type { Place } from '../../lambdas/adapters/operator-clients.ts';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import type { Check } from '../../lambdas/core/doctor/check.ts';
import { examine, exitCodeOf } from '../../lambdas/core/doctor/examine.ts';
import { type Finding, unknown, wrong } from '../../lambdas/core/doctor/finding.ts';
import { checks } from '../../lambdas/core/doctor/registry.ts';
import { messageOf } from '../../lambdas/core/failure.ts';
import type { Manifest } from '../../lambdas/core/manifest.ts';
import { CannotDo } from './cannot-do.ts';
import { type Account, readAll } from './doctor/account.ts';
import { deployedAccount } from './doctor/deployed-account.ts';
import type { Output } from './output.ts';

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

/** Told what was read, one after the other. */
export type Progress = (line: string) => void;

/** Looks over a deployed pipeline before the first fault. Nothing is changed. */
export async function doctor(
  pipeline: string,
  place: Place,
  { onNodes = false, ...options }: DoctorOptions,
  now: number,
  progress: Progress,
): Promise<Output> {
  const chosen = chosenChecks(options.only);
  const aws = doctorClients(place);
  const manifest = await manifestOf(() => readManifest(pipeline, aws.ssm), pipeline);
  if (!('policies' in manifest)) return outputOf([{ check: 'pipeline', whether: 'the pipeline is deployed', findings: [manifest] }]);
  return examined(chosen, deployedAccount({ aws, pipeline, manifest, now, onNodes }), pipeline, now, progress);
}

/** The same on any account, so that it can be tried on one that is made up. */
export async function examined(
  chosen: readonly Check[],
  account: Account,
  pipeline: string,
  now: number,
  progress: Progress,
): Promise<Output> {
  const needed = [...new Set(chosen.flatMap(({ needs }) => needs))];
  let done = 0;
  const read = await readAll(account, needed, (name) => {
    done += 1;
    progress(`${done} of ${needed.length}: ${name}`);
  });
  return outputOf(
    chosen.map((check) => ({ check: check.name, whether: check.whether, findings: examine(check, read, { pipeline, now }) })),
  );
}

/** @throws CannotDo for a name that no check has */
export function chosenChecks(only: readonly string[] | undefined): readonly Check[] {
  const strange = only?.find((name) => !checks.some((check) => check.name === name));
  if (strange !== undefined)
    throw new CannotDo(`there is no check "${strange}"`, `its checks are ${checks.map(({ name }) => name).join(', ')}`);
  return checks.filter(({ name }) => only === undefined || only.includes(name));
}

async function manifestOf(read: () => Promise<Manifest | undefined>, pipeline: string): Promise<Manifest | Finding> {
  try {
    const missing = wrong(
      pipeline,
      'there is no pipeline of that name in this account and Region',
      'check --profile, --region and --pipeline',
    );
    return (await read()) ?? missing;
  } catch (error) {
    const mend = 'log in, and ask for the managed policy <pipeline>-doctor-<Region>';
    return unknown(pipeline, `its manifest could not be read: ${messageOf(error)}`, mend);
  }
}

const marks = { ok: 'ok', warning: 'WARNING', wrong: 'WRONG', unknown: 'UNKNOWN' } as const;

function outputOf(results: readonly Examined[]): Output {
  const all = results.flatMap(({ findings }) => findings);
  return { data: results, text: [...results.flatMap(textOf), '', sumOf(all)].join('\n'), exitCode: exitCodeOf(all) };
}

/** What is well takes one line; what is not says what, and what to do. */
function textOf({ check, findings }: Examined): readonly string[] {
  const bad = findings.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) {
    const [first, ...more] = findings;
    const also = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return [`${marks.ok.padEnd(8)}${check}: ${first?.says ?? 'there is nothing to look at'}${also}`];
  }
  return bad.flatMap(({ state, about, says, mend }) => [
    `${marks[state].padEnd(8)}${check}: ${about}: ${says}`,
    ...(mend === undefined ? [] : [`${' '.repeat(8)}→ ${mend}`]),
  ]);
}

function sumOf(findings: readonly Finding[]): string {
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  if (findings.every(({ state }) => state === 'ok')) return 'All is well.';
  return `${count('wrong')} wrong, ${count('unknown')} unknown, ${count('warning')} warnings.`;
}
