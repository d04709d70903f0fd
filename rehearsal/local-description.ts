import { fixtures } from './stage/fixtures.ts';
import { historyLogGroup } from './stage/history-reader.ts';
import { incidentTableOf } from './stage/incident-records.ts';
import type { Stage } from './stage/stage.ts';

/** What a person or a script must know to use the running local stack; the content of `rehearsal/out/local.json`. */
export interface LocalDescription {
  readonly endpoint: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly historyLogGroup: string;
  readonly incidentTable: string;
  readonly pauseParameter: string;
  /** A queue that is subscribed to the notifications. */
  readonly queueUrl: string;
  /** Alarm names by symptom; those of the database begin with `database-`. */
  readonly alarms: Readonly<Record<string, string>>;
  readonly nodes: readonly { readonly name: string; readonly instanceId: string; readonly initPid?: number }[];
  readonly group: string;
  readonly database: string;
  readonly callsRecord: string;
}

export async function describeLocal({ gateway, cloudwatch, machines, mailbox }: Stage, callsRecord: string): Promise<LocalDescription> {
  const incidentTable = await incidentTableOf(gateway.upstream);
  return {
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    environment: {
      AWS_ENDPOINT_URL: gateway.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    stack: fixtures.stack,
    historyLogGroup,
    incidentTable,
    pauseParameter: `/self-healing/${fixtures.pipeline}/pause`,
    queueUrl: mailbox.url.replace(/^http:\/\/[^/]+/, gateway.endpoint),
    alarms: Object.fromEntries(cloudwatch.alarms().flatMap(({ name }) => symptomOf(name) ?? [])),
    nodes: machines.nodes().map((node) => {
      const initPid = node.initPid();
      return { name: node.name, instanceId: node.instanceId, ...(initPid !== undefined && { initPid }) };
    }),
    group: fixtures.group.name,
    database: fixtures.database.id,
    callsRecord,
  };
}

/** The symptom that an alarm of the pipeline's policies watches; none for the alarms about the healer itself. */
function symptomOf(alarm: string): [[string, string]] | undefined {
  const [, protection, symptom] = /^[a-z]+-(Fleet|Group|Database)-(.+)$/.exec(alarm) ?? [];
  if (symptom === undefined) return undefined;
  return [[protection === 'Database' ? `database-${symptom}` : symptom, alarm]];
}

/** What `npm run local` prints. */
export function localText(local: LocalDescription): string {
  const [node] = local.nodes;
  const line = '─'.repeat(72);
  return `
${line}
The pipeline runs in a local AWS. In another terminal:

${Object.entries(local.environment)
  .map(([name, value]) => `  export ${name}=${value}`)
  .join('\n')}

Four things to try:

  1. Kill the service of node ${node?.name} and watch it come back:
       nsenter -t ${node?.initPid} -a systemctl kill -s KILL web
       aws logs filter-log-events --log-group-name ${local.historyLogGroup} \\
         --query 'events[].message' --output text

  2. Set an alarm by hand, and see the group grow:
       aws cloudwatch set-alarm-state --alarm-name ${local.alarms['group-cpu']} \\
         --state-value ALARM --state-reason "a drill"
       aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].Instances[].InstanceId'

  3. Pause the pipeline, break something, and read why nothing happened; then let it run again:
       aws ssm put-parameter --overwrite --name ${local.pauseParameter} --value "Anna works on the database"
       aws sqs receive-message --endpoint-url ${local.endpoint} --queue-url ${local.queueUrl}
       aws ssm put-parameter --overwrite --name ${local.pauseParameter} --value running

  4. Have a policy ask before it acts, break something, and answer the question:
       npm run heal -- demote Fleet-service-down "a drill"
       npm run heal -- approvals
       npm run heal -- why Fleet-service-down

Events can be put by hand with an aws.* source here (aws events put-events); AWS itself would refuse them.
Every call is recorded in ${local.callsRecord}; all of the above is in rehearsal/out/local.json.
Ctrl-C ends everything.
${line}
`;
}
