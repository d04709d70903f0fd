import { type AwsRate, awsRates, functionsAtOnce, transitionRate } from '../../packages/simulation/economy/aws-rates.ts';
import { ASSUMED } from '../../packages/simulation/economy/bill.ts';
import { type ManyIncidents, manyIncidents } from '../../packages/simulation/economy/many-incidents.ts';
import { synthesizedStack } from '../../packages/simulation/synthesized-stack.ts';
import { code, item, page, table, wrapped } from './markdown.ts';

/** Incidents an hour. */
const LOADS = [10, 1_000, 100_000];

const ACCOUNTS = 1_000;

const HOUR_SECONDS = 3_600;

/** Something of which an incident takes so much, and an account has so much a second. */
interface Need {
  readonly what: string;
  readonly perIncident: number;
  /** Absent where AWS publishes none. */
  readonly perSecond?: number;
  /** Where AWS says so. @default - nowhere */
  readonly source?: string;
}

/** What bends first when there are more incidents. It takes some seconds: the stack is synthesized, and incidents are played. */
export async function growthPage(): Promise<string> {
  const many = await manyIncidents();
  const needs = needsOf(many).toSorted((left, right) => bendsAt(left) - bendsAt(right));
  return page(
    'What bends first',
    wrapped(
      `An incident that is healed asks for this much, on average of the ${many.count} that [What one incident costs](incident-cost.md) plays. Spread evenly over an hour that makes so many calls a second, in one account and Region. Beside it stands what AWS answers a second by default, as published when this was written (${code('packages/simulation/economy/aws-rates.ts')}). Nothing of it was measured in an AWS account.`,
    ),
    table(
      ['what', 'an incident', ...LOADS.map((load) => `a second at ${whole(load)} an hour`), 'AWS a second', 'bends at incidents an hour'],
      needs.map((need) => rowOf(need)),
    ),
    [...LOADS.map((load) => item(atLoad(load, needs))), item(overAccounts(many))].join('\n'),
    wrapped(
      'Incidents do not come evenly. The same symptom on many members of a fleet is a storm, of which one incident asks for all. What is throttled is tried again, then people are called.',
    ),
    '## Where the rates are from',
    needs.flatMap(({ what, source }) => (source === undefined ? [] : item(`${what}: ${source}.`))).join('\n'),
    wrapped('Of all others AWS publishes no number, or none is known here; that of Run Command is unconfirmed.'),
  );
}

function needsOf({ requests, typical, calls, transitions }: ManyIncidents): readonly Need[] {
  const [policy] = synthesizedStack().policies;
  if (!policy) throw new Error('the stack has no policy');
  const ofAws = [...requests]
    .filter(([request]) => !request.startsWith('logs:'))
    .map(([request, perIncident]): Need => {
      const rate = awsRates[request];
      return { what: code(request), perIncident, ...(rate && { perSecond: rate.perSecond, source: sourceOf(rate) }) };
    });
  const acts = typical.requests['ssm:SendCommand'] === undefined ? 0 : 1;
  return [
    {
      what: `acts (${code('actsPerHour')})`,
      perIncident: acts,
      perSecond: policy.guardrails.budget.acts / HOUR_SECONDS,
      source: 'a guardrail of the pipeline, which is meant to bend first',
    },
    ...ofAws,
    {
      what: 'state transitions',
      perIncident: transitions.median,
      perSecond: transitionRate.perSecond,
      source: sourceOf(transitionRate),
    },
    {
      what: `seconds of functions (${ASSUMED.seconds} a call, assumed)`,
      perIncident: calls.median * ASSUMED.seconds,
      perSecond: functionsAtOnce.most,
      source: `${functionsAtOnce.source}: functions at once`,
    },
  ];
}

function sourceOf({ source, remark }: AwsRate): string {
  return remark === undefined ? source : `${source}; ${remark}`;
}

/** Incidents an hour of which more cannot be served. */
function bendsAt({ perIncident, perSecond }: Need): number {
  return perSecond === undefined ? Number.POSITIVE_INFINITY : (perSecond * HOUR_SECONDS) / perIncident;
}

function rowOf(need: Need): readonly string[] {
  const { what, perIncident, perSecond } = need;
  const bends = bendsAt(need);
  return [
    what,
    digits(perIncident),
    ...LOADS.map((load) => digits((perIncident * load) / HOUR_SECONDS)),
    perSecond === undefined ? '' : digits(perSecond),
    Number.isFinite(bends) ? whole(bends) : '',
  ];
}

function atLoad(load: number, needs: readonly Need[]): string {
  const bent = needs.filter((need) => bendsAt(need) < load).map(({ what }) => what);
  return `**${whole(load)} incidents an hour**: ${bent.length === 0 ? 'nothing bends' : `beyond the rate are ${bent.join(', ')}`}.`;
}

/** Each account heals itself, so that only the hub sees more of them. */
function overAccounts({ typical }: ManyIncidents): string {
  const { notices } = typical;
  const shown = LOADS.slice(0, 2).map((load) => `${digits((notices * load * ACCOUNTS) / HOUR_SECONDS)} at ${whole(load)}`);
  return `**${whole(ACCOUNTS)} accounts** share no rate: each heals itself. The hub is told of ${digits(notices)} notices for each incident; incidents an hour in every account make notices a second of ${shown.join(', ')}.`;
}

/** With no more digits than mean something. */
function digits(number: number): string {
  return number >= 100 ? whole(number) : String(Number(number.toPrecision(2)));
}

function whole(number: number): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(number);
}
