import { resourcesBeside } from '../../lambdas/adapters/cloudformation.ts';
import { doctorClients } from '../../lambdas/adapters/doctor-clients.ts';
import type { Place } from '../../lambdas/adapters/operator-clients.ts';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import { type CountedFleet, listPrices, monthlyCost, type Prices, totalOf } from '../../lib/monthly-cost.ts';
import { CannotDo } from './cannot-do.ts';
import { columns } from './columns.ts';
import { deployedAccount } from './doctor/deployed-account.ts';
import type { Output } from './output.ts';

export interface CostChoice {
  /** In each fleet. @default - as many as there are */
  readonly instances?: number;
  /** @default - US list prices */
  readonly prices?: Prices;
}

type Template = Parameters<typeof monthlyCost>[0];

/** What the alarms and metrics of a deployed pipeline cost a month, with the instances that its fleets have now. */
export async function cost(pipeline: string, place: Place, choice: CostChoice, now: number): Promise<Output> {
  const aws = doctorClients(place);
  const manifest = await readManifest(pipeline, aws.ssm);
  if (!manifest)
    throw new CannotDo(
      `there is no pipeline "${pipeline}" in this account and Region`,
      'check --profile and --region, or name the pipeline with --pipeline; "npm run cost" computes one that is not deployed',
    );
  const resources = await resourcesBeside(manifest.table, aws.cloudformation);
  if (!resources)
    throw new CannotDo(
      `CloudFormation knows of no stack that has made the table ${manifest.table}, so that what is deployed cannot be counted`,
      'in a checkout "npm run synth && npm run cost" computes it from the template',
    );
  const template = { Resources: resources } as Template;
  if (choice.instances !== undefined) return costOutput(template, choice.instances, choice.prices);
  const series = await deployedAccount({ aws, pipeline, manifest, now, onNodes: false }).series();
  return costOutput(template, countedFleets(series), choice.prices);
}

interface FoundSeries {
  readonly own: string;
  readonly members: readonly { readonly running: boolean }[];
}

/** By the part of their names that all shards of a fleet share. Stopped instances send nothing, and cost nothing here. */
export function countedFleets(series: readonly FoundSeries[]): readonly CountedFleet[] {
  return series.map(({ own, members }) => ({
    named: own.split(', ')[0]?.replace(/[^/]*$/, '') ?? own,
    members: members.filter(({ running }) => running).length,
  }));
}

/** The cost as an answer: by what it is for, and in all. */
export function costOutput(template: Template, counted: number | readonly CountedFleet[], prices: Prices = listPrices): Output {
  const lines = monthlyCost(template, counted, prices);
  const dollars = totalOf(lines);
  const shown = (amount: number) => amount.toFixed(2);
  const many =
    typeof counted === 'number'
      ? `${counted} instances in each fleet`
      : `the ${counted.reduce((sum, { members }) => sum + members, 0)} instances that run now`;
  const rows = lines.map((line) => [shown(line.dollars), `${Math.round(line.quantity)} ${line.what}`]);
  return {
    data: { lines, dollars, counted, prices },
    text: columns([...rows, [shown(dollars), `dollars a month with ${many}`]], { numbers: [0] }),
  };
}

/** Reads prices that somebody gave; what is not named keeps its list price. */
export function pricesOf(json: string): Prices {
  const wrong = (what: string) =>
    new CannotDo(
      `the prices cannot be used: ${what}`,
      `write them as ${JSON.stringify(listPrices)}, in dollars; what is left out is the list price`,
    );
  const given = parsed(json);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong('they are no JSON object');
  for (const [name, price] of Object.entries(given)) {
    if (!Object.hasOwn(listPrices, name)) throw wrong(`there is no price "${name}"`);
    if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) throw wrong(`${name} is no number of dollars`);
  }
  return { ...listPrices, ...given };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
