import { type ApprovalRequest, shortId } from '../approval.ts';
import { commandName } from '../command-name.ts';
import { shortIncident } from '../incident.ts';
import { quoted } from '../quoted.ts';
import type { Target } from '../target.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

type DoNow = Notice['doNow'][number];

/** A line of the operators' command, for this pipeline. */
export function ownCommand({ pipeline, region }: Pick<Origin, 'pipeline' | 'region'>, words: string): string {
  return `${commandName} ${words} --pipeline ${pipeline} --region ${region}`;
}

export function why(origin: Origin, incidentId: string): DoNow {
  return { text: 'The whole story:', command: ownCommand(origin, `why ${shortIncident(incidentId)}`) };
}

export function answers(origin: Origin, request: ApprovalRequest): readonly DoNow[] {
  return [
    { text: 'To let it:', command: ownCommand(origin, `approve ${shortId(request)}`) },
    { text: 'To stop it:', command: ownCommand(origin, `deny ${shortId(request)} "the reason"`) },
  ];
}

/** With what a person begins who looks at the target. None of it changes anything. */
export function look({ region }: Pick<Origin, 'region'>, target: Target): readonly DoNow[] {
  const aws = (words: string) => `aws ${words} --region ${region}`;
  switch (target.kind) {
    case 'instance':
      return [
        { text: 'Open a session on the instance:', command: aws(`ssm start-session --target ${target.id}`) },
        { text: 'Linux: what failed, and what was logged as an error last:', command: 'systemctl --failed; journalctl -p err -n 50' },
        {
          text: 'If it does not answer, see what its console shows:',
          command: aws(`ec2 get-console-output --latest --instance-id ${target.id}`),
        },
      ];
    case 'auto-scaling-group':
      return [
        {
          text: 'See what the group tried last, and why it failed:',
          command: aws(`autoscaling describe-scaling-activities --max-items 10 --auto-scaling-group-name ${quoted(target.name)}`),
        },
      ];
    case 'database':
      return [events(aws, target.id, 'db-instance'), ofDatabase(aws, target.id)];
    case 'database-cluster':
      return [
        events(aws, target.id, 'db-cluster'),
        { text: 'See its status and which member writes:', command: aws(`rds describe-db-clusters --db-cluster-identifier ${target.id}`) },
      ];
  }
}

function events(aws: (words: string) => string, id: string, type: string): DoNow {
  return {
    text: 'See what RDS did with it in the last two hours:',
    command: aws(`rds describe-events --duration 120 --source-type ${type} --source-identifier ${id}`),
  };
}

function ofDatabase(aws: (words: string) => string, id: string): DoNow {
  return { text: 'See its status and pending changes:', command: aws(`rds describe-db-instances --db-instance-identifier ${id}`) };
}
