import { answerRunbookName } from '../answer-runbook.ts';
import { after, type Instant, iso } from '../duration.ts';
import { historyName } from '../manifest.ts';
import type { Policy } from '../policy.ts';
import { redacted } from '../redaction.ts';
import type { Target } from '../target.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

type Link = Notice['links'][number];

/** Of the console of each partition whose console is known. */
export const consoleHosts: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** A page of the console of AWS, of the origin's Region and partition; none of partitions whose console is not known. */
function consolePage({ partition, region }: Pick<Origin, 'partition' | 'region'>, page: string, place: string): string | undefined {
  const host = consoleHosts[partition];
  return host && `https://${region}.${host}/${page}?region=${region}#${place}`;
}

/** A place in the console of a service. */
export function consoleUrl(origin: Pick<Origin, 'partition' | 'region'>, service: string, place: string): string | undefined {
  return consolePage(origin, `${service}/home`, place);
}

function linked(what: string, url: string | undefined): readonly Link[] {
  return url === undefined ? [] : [{ what, url }];
}

export function alarmLink(origin: Origin, name: string): readonly Link[] {
  return linked('Alarm', consoleUrl(origin, 'cloudwatch', `alarmsV2:alarm/${encodeURIComponent(name)}`));
}

export function targetLink(origin: Origin, target: Target): readonly Link[] {
  switch (target.kind) {
    case 'instance':
      return linked('Instance', consoleUrl(origin, 'ec2', `InstanceDetails:instanceId=${target.id}`));
    case 'auto-scaling-group': {
      const place = `AutoScalingGroupDetails:id=${encodeURIComponent(target.name)};view=activity`;
      return linked('Auto Scaling group', consoleUrl(origin, 'ec2', place));
    }
    case 'database':
      return linked('Database', consoleUrl(origin, 'rds', `database:id=${target.id};is-cluster=false`));
    case 'database-cluster':
      return linked('Database cluster', consoleUrl(origin, 'rds', `database:id=${target.id};is-cluster=true`));
  }
}

/**
 * The page on which whoever opens it runs the runbook as themselves, with the question filled in and the answer not. AWS documents the
 * page; that it takes parameters behind `#` was never tried: where it does not, the question is typed from the address.
 */
export function answerLink(origin: Origin, question: string): readonly Link[] {
  const page = `systems-manager/automation/execute/${answerRunbookName(origin.pipeline)}`;
  return linked('Answer in the console, as yourself', consolePage(origin, page, `Question=${question}`));
}

/** The page that the user gave the policy; of what notices link to, the only one that the pipeline does not make itself. */
export function runbookLink({ runbook }: Pick<Policy, 'runbook'>): readonly Link[] {
  return linked('Runbook', runbook && redacted(runbook));
}

/** The execution of the workflow, which bears the incident's id. */
export function executionLink(origin: Origin, incidentId: string): readonly Link[] {
  const { partition, region, account, pipeline } = origin;
  const arn = `arn:${partition}:states:${region}:${account.id}:execution:${pipeline}-workflow:${incidentId}`;
  return linked('Workflow', consoleUrl(origin, 'states', `/v2/executions/details/${encodeURIComponent(arn)}`));
}

/** What is looked at around the incident: alarms may be older than it, and something may follow. */
const BEFORE_MILLISECONDS = 3_600_000;
const AFTERWARDS = { hours: 2 };

/** The incident's lines of the history, as a query of CloudWatch Logs Insights that is ready to run. */
export function historyLink(origin: Origin, incidentId: string, openedAt: Instant, now: Instant): readonly Link[] {
  const query = `fields at, kind, text | filter incident = "${incidentId}" | sort at`;
  const detail = insights([
    ['end', iso(after(now, AFTERWARDS))],
    ['start', iso(openedAt - BEFORE_MILLISECONDS)],
    ['timeType', 'ABSOLUTE'],
    ['tz', 'UTC'],
    ['editorString', query],
    ['source', [historyName(origin.pipeline)]],
  ]);
  return linked('History', consoleUrl(origin, 'cloudwatch', `logsV2:logs-insights$3FqueryDetail$3D${detail}`));
}

/** The console's own notation of an object in a URL. */
function insights(fields: readonly (readonly [string, string | readonly string[]])[]): string {
  const said = fields.map(([name, value]) => `${name}~${typeof value === 'string' ? quoted(value) : `(~${value.map(quoted).join('~')})`}`);
  return `~(${said.join('~')})`;
}

function quoted(text: string): string {
  return `'${text.replace(/[^\w.-]/g, (character) => `*${character.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}
