import type { CommandRequest, RunbookRequest } from '../../lambdas/core/ports.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';
import type { SimulatedPorts } from './simulated-ports.ts';

/** What a call of a port is to AWS. */
interface AwsCall {
  /** The requests that its adapter makes, as `service:Action`; without repetitions. */
  readonly requests: readonly string[];
  /** Of a call that changes what is protected: what it acts on. `target` is the incident's own. */
  actsOn?(given: readonly unknown[], target: Target): Target;
}

const group = ([name]: readonly unknown[]): Target => ({ kind: 'auto-scaling-group', name: String(name) });
const instance = ([id]: readonly unknown[]): Target => ({ kind: 'instance', id: String(id) });
const database = ([id]: readonly unknown[]): Target => ({ kind: 'database', id: String(id) });
const cluster = ([id]: readonly unknown[]): Target => ({ kind: 'database-cluster', id: String(id) });
const own = (_given: readonly unknown[], target: Target): Target => target;

function read(...requests: readonly string[]): AwsCall {
  return { requests };
}

function act(request: string, actsOn: NonNullable<AwsCall['actsOn']>): AwsCall {
  return { requests: [request], actsOn };
}

type Ports = Omit<SimulatedPorts, 'metrics' | 'sweepMetrics' | 'links'>;

/** `port.method` of every port, except the metrics, which are only written to a log. */
type CallName = { [Port in keyof Ports]: `${Port}.${keyof Ports[Port] & string}` }[keyof Ports];

/**
 * Every call of every port. The type check fails when one is missing, so that no new act can escape the record by which
 * the invariants are judged.
 */
const calls: Readonly<Record<CallName, AwsCall>> = {
  'alarms.inAlarm': read('cloudwatch:DescribeAlarms'),
  'alarms.state': read('cloudwatch:DescribeAlarms'),
  'alarms.isMuted': read('cloudwatch:ListAlarmMuteRules'),
  'alarms.contributorsInAlarm': read('cloudwatch:DescribeAlarmContributors'),
  'alarms.lastReport': read('cloudwatch:GetMetricData'),
  'alarms.values': read('cloudwatch:GetMetricData'),
  'approvals.about': read('dynamodb:Query'),
  'approvals.ask': read('dynamodb:UpdateItem'),
  'approvals.close': read('dynamodb:UpdateItem'),
  'approvals.recordTold': read('dynamodb:UpdateItem'),
  'broken.since': read('states:ListExecutions'),
  'broken.lastWords': read('states:DescribeExecution', 'states:GetExecutionHistory'),
  'calendars.state': read('ssm:GetCalendarState'),
  'claims.breaker': read('dynamodb:GetItem'),
  'claims.ofPolicy': read('dynamodb:BatchGetItem'),
  'claims.remedyRecord': read('dynamodb:GetItem'),
  'claims.freeShares': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'claims.changeBreaker': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'claims.changeRemedyRecord': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'claims.lease': read('dynamodb:GetItem'),
  'claims.slots': read('dynamodb:GetItem'),
  'claims.claim': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'claims.members': read('dynamodb:GetItem'),
  'claims.release': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'claims.renew': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'clusters.describe': read('rds:DescribeDBClusters'),
  'clusters.events': read('rds:DescribeEvents'),
  'clusters.reboot': act('rds:RebootDBCluster', cluster),
  'clusters.failOver': act('rds:FailoverDBCluster', cluster),
  'commands.agent': read('ssm:DescribeInstanceInformation'),
  'commands.find': read('ssm:ListCommands'),
  'commands.look': read('ssm:SendCommand', 'ssm:GetCommandInvocation'),
  'commands.result': read('ssm:GetCommandInvocation'),
  'commands.send': act('ssm:SendCommand', ([request]) => instance([(request as CommandRequest).instanceId])),
  'claims.spending': read('dynamodb:GetItem'),
  'deployedPolicies.check': read('ssm:GetParameter'),
  'deployments.last': read('codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments'),
  'deployments.underWay': read('codedeploy:ListDeployments'),
  'modes.demote': read('dynamodb:PutItem'),
  'modes.read': read('dynamodb:GetItem'),
  'pipelines.published': read('ssm:GetParametersByPath'),
  'policyRecords.current': read('ssm:GetParameters'),
  'providerEvents.keep': read('dynamodb:PutItem'),
  'providerEvents.kept': read('dynamodb:Query'),
  'databases.describe': read('rds:DescribeDBInstances'),
  'databases.events': read('rds:DescribeEvents'),
  'databases.freeStorage': read('cloudwatch:GetMetricData'),
  'databases.reboot': act('rds:RebootDBInstance', database),
  'databases.growStorage': act('rds:ModifyDBInstance', database),
  'groups.activities': read('autoscaling:DescribeScalingActivities'),
  'groups.describe': read('autoscaling:DescribeAutoScalingGroups'),
  'groups.isRefreshing': read('autoscaling:DescribeInstanceRefreshes'),
  'groups.lastRefresh': read('autoscaling:DescribeInstanceRefreshes'),
  'groups.markUnhealthy': act('autoscaling:SetInstanceHealth', instance),
  'groups.setDesiredCapacity': act('autoscaling:SetDesiredCapacity', group),
  'groups.setMinimum': act('autoscaling:UpdateAutoScalingGroup', group),
  'history.write': read('logs:PutLogEvents'),
  'instances.describe': read('ec2:DescribeInstances'),
  'instances.hosting': read('ec2:DescribeInstances', 'ec2:DescribeTags'),
  'instances.reboot': act('ec2:RebootInstances', instance),
  'instances.statusCheck': read('ec2:DescribeInstanceStatus'),
  'instances.statusChecks': read('ec2:DescribeInstanceStatus'),
  'instances.impaired': read('ec2:DescribeInstanceStatus'),
  'instances.tagged': read('ec2:DescribeInstances'),
  'loadBalancers.findings': read('elasticloadbalancing:DescribeTargetHealth'),
  'loadBalancers.targetHealth': read('elasticloadbalancing:DescribeTargetHealth'),
  'notifier.publish': read('sns:Publish'),
  'pauseSwitch.read': read('ssm:GetParameter'),
  'repairNotes.since': read('dynamodb:Query'),
  'repairNotes.write': read('dynamodb:PutItem'),
  'rules.watchedAlarms': read('events:ListRules'),
  'rules.tellAgain': read('events:PutEvents'),
  'runbooks.execution': read('ssm:GetAutomationExecution'),
  'runbooks.isRunnable': read('ssm:DescribeDocument'),
  'runbooks.start': act('ssm:StartAutomationExecution', (given, target) => runbookTarget(given[0] as RunbookRequest, target)),
  'sessions.end': act('database:pg_terminate_backend', database),
  'sessions.load': read('database:pg_stat_activity'),
  'sessions.stuck': read('database:pg_stat_activity'),
  'store.beginDrill': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'store.endDrill': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'store.noteBreach': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'store.realDrill': read('dynamodb:GetItem'),
  'store.attempts': read('dynamodb:Query'),
  'store.written': read('dynamodb:Query'),
  'store.noteAsked': read('dynamodb:UpdateItem'),
  'store.close': read('dynamodb:UpdateItem'),
  'store.ending': read('dynamodb:GetItem'),
  'store.giveBack': read('dynamodb:GetItem'),
  'store.recordGiveBack': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'store.withdrawGiveBack': read('dynamodb:TransactWriteItems'),
  'store.recordGiveBackEnd': read('dynamodb:UpdateItem'),
  'store.history': read('dynamodb:Query'),
  'store.past': read('dynamodb:Query'),
  'store.isRejectionNoted': read('dynamodb:GetItem'),
  'store.noteRejection': read('dynamodb:PutItem'),
  'store.takeRejection': read('dynamodb:TransactWriteItems'),
  'store.open': read('dynamodb:PutItem'),
  'store.record': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'store.recordNotTaken': read('dynamodb:TransactWriteItems'),
  'store.recordReceipt': read('dynamodb:UpdateItem'),
  'store.recordResult': read('dynamodb:TransactWriteItems'),
  'storms.arrivals': read('dynamodb:Query'),
  'storms.arrive': read('dynamodb:PutItem'),
  'storms.change': read('dynamodb:GetItem', 'dynamodb:TransactWriteItems'),
  'storms.debts': read('dynamodb:Query'),
  'storms.put': read('dynamodb:TransactWriteItems'),
  'storms.read': read('dynamodb:Query', 'dynamodb:GetItem'),
  'volumes.describe': read('ec2:DescribeVolumes'),
  'volumes.devices': read('ec2:DescribeInstances'),
  'volumes.grow': act('ec2:ModifyVolume', own),
  'volumes.lastModification': read('ec2:DescribeVolumesModifications'),
  'workflow.start': read('states:StartExecution'),
};

/** The runbook acts on what it is told of; one that is told of nothing acts on the incident's target. */
function runbookTarget({ parameters }: RunbookRequest, target: Target): Target {
  const named = Object.values(parameters).flat();
  return named.some((name) => /^i-[0-9a-f]{8,17}$/.test(name)) ? instance(named.filter((name) => name.startsWith('i-'))) : target;
}

/** @throws for a call that nobody has said yet what it is to AWS */
export function awsCall(name: string): AwsCall {
  const call = (calls as Readonly<Record<string, AwsCall>>)[name];
  if (!call) throw new Error(`the simulation does not know what ${name} is to AWS: say so in aws-calls.ts`);
  return call;
}

/** What a call acts on, by the key of the target; undefined for a call that changes nothing that is protected. */
export function actedOn(name: string, given: readonly unknown[], target: Target): string | undefined {
  const actsOn = awsCall(name).actsOn;
  return actsOn && targetKey(actsOn(given, target));
}
