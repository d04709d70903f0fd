import { after, type Instant, iso } from '../duration.ts';
import { historyName } from '../manifest.ts';
import type { Target } from '../target.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

type Link = Notice['links'][number];

/** A place in the console of AWS: where it is, of the origin's Region and partition; none of partitions whose console is not known. */
export function consoleUrl(
  { partition, region }: Pick<Origin, 'partition' | 'region'>,
  service: string,
  place: string,
): string | undefined {
  const hosts: Readonly<Record<string, string>> = {
    aws: `${region}.console.aws.amazon.com`,
    'aws-cn': `${region}.console.amazonaws.cn`,
    'aws-us-gov': `${region}.console.amazonaws-us-gov.com`,
  };
  const host = hosts[partition];
  return host && `https://${host}/${service}/home?region=${region}#${place}`;
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
