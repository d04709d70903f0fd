/** The app: what is protected, with which thresholds and ladders. This file and `lib/self-healing-stack.ts` are yours to edit. */
import { App, Duration } from 'aws-cdk-lib';
import { HOLDER, readAppContext } from '../lib/app-context.ts';
import type { ApprovalLinksProps } from '../lib/constructs/approval-links.ts';
import type { NamedWays } from '../lib/named-ways.ts';
import { PolicyError } from '../lib/policy-error.ts';
import {
  type GrowingVolume,
  type PostgresqlAccess,
  type ProtectedDatabase,
  type ProtectedSite,
  SelfHealingStack,
} from '../lib/self-healing-stack.ts';

const app = new App();
const context = readAppContext(app.node.getAllContext());
const { name, emails, mode, service, diskPath, cacheFolders, autoScalingGroup, loadBalancer, targetGroup } = context;

/**
 * Values that only make sense together.
 *
 * @throws PolicyError when some of them are missing
 */
function together<Values extends Readonly<Record<string, unknown>>>(
  values: Values,
): { readonly [Name in keyof Values]: NonNullable<Values[Name]> } | undefined {
  const missing = Object.keys(values).filter((each) => values[each] === undefined);
  if (missing.length === Object.keys(values).length) return undefined;
  if (missing.length > 0) throw new PolicyError('SelfHealing', [`context: ${missing.join(', ')} must be given, too`]);
  return values as { readonly [Name in keyof Values]: NonNullable<Values[Name]> };
}

function ways(): NamedWays {
  const { accountName, mailStages, stillAfterMinutes, bus, opsItems, digest, pagerDutySecret, opsgenieSecret } = context;
  const { quietFrom, quietUntil, quietTimeZone, slackWorkspace, slackChannel, devOpsAgentUrl, devOpsAgentSecret } = context;
  const quiet = together({ quietFrom, quietUntil, quietTimeZone });
  const slack = together({ slackWorkspace, slackChannel });
  const agent = together({ devOpsAgentUrl, devOpsAgentSecret });
  return {
    ...(accountName && { accountName }),
    ...(mailStages && { mails: { stages: mailStages } }),
    ...(stillAfterMinutes !== undefined && { stillAfter: Duration.minutes(stillAfterMinutes) }),
    ...(quiet && { quietHours: { from: quiet.quietFrom, to: quiet.quietUntil, timeZone: quiet.quietTimeZone } }),
    ...(bus && { bus }),
    ...(slack && { slack: { workspaceId: slack.slackWorkspace, channelId: slack.slackChannel } }),
    ...(opsItems !== undefined && { opsItems }),
    ...(digest !== undefined && { digest }),
    ...(pagerDutySecret && { pagerDutySecret }),
    ...(opsgenieSecret && { opsgenieSecret }),
    ...(agent && { devOpsAgent: { url: agent.devOpsAgentUrl, secret: agent.devOpsAgentSecret } }),
  };
}

/** Who gets links to answer questions with. Each text has this form: the schema of the context refuses any other. */
function holders(): ApprovalLinksProps['to'] | undefined {
  return context.approvalLinks?.map((each) => {
    const [, holder = '', email = ''] = HOLDER.exec(each) ?? [];
    return { name: holder, email };
  });
}

function databaseAccess(): PostgresqlAccess | undefined {
  const { databaseHost, databaseSecret, databaseVpc, databaseSubnets, databasePort: port, databaseAuthority: authority } = context;
  const { databaseSecurityGroup: securityGroupId, databaseFunctionSecurityGroups: functionSecurityGroupIds } = context;
  const places = together({ databaseHost, databaseSecret, databaseVpc, databaseSubnets });
  return (
    places && {
      host: places.databaseHost,
      secret: places.databaseSecret,
      vpcId: places.databaseVpc,
      subnetIds: places.databaseSubnets,
      ...(port !== undefined && { port }),
      ...(authority && { authority }),
      ...(securityGroupId && { securityGroupId }),
      ...(functionSecurityGroupIds && { functionSecurityGroupIds }),
    }
  );
}

function databaseStorage(): ProtectedDatabase['storage'] {
  const { databaseStorageBelowGibibytes, databaseStorageCeilingGibibytes } = context;
  const storage = together({ databaseStorageBelowGibibytes, databaseStorageCeilingGibibytes });
  return storage && { belowGibibytes: storage.databaseStorageBelowGibibytes, ceilingGibibytes: storage.databaseStorageCeilingGibibytes };
}

function volume(): GrowingVolume | undefined {
  const { volumeCeilingGibibytes: ceilingGibibytes, volumeDevice: device } = context;
  return ceilingGibibytes === undefined ? undefined : { ceilingGibibytes, ...(device && { device }) };
}

function database(): ProtectedDatabase | undefined {
  const {
    database: id,
    databaseConnectionsAbove: connectionsAbove,
    databaseAttempts: attempts,
    databaseCooldownMinutes: cooldown,
  } = context;
  if (!id) return undefined;
  const [access, storage] = [databaseAccess(), databaseStorage()];
  const guardrails = {
    ...(attempts !== undefined && { attempts }),
    ...(cooldown !== undefined && { cooldown: Duration.minutes(cooldown) }),
  };
  return {
    id,
    guardrails,
    ...(connectionsAbove !== undefined && { connectionsAbove }),
    ...(access && { access }),
    ...(storage && { storage }),
  };
}

function site(): ProtectedSite | undefined {
  const { siteUrl, siteInstance, sitePgbouncer: pgbouncer = false } = context;
  const both = together({ siteUrl, siteInstance });
  return both && { url: both.siteUrl, instanceId: both.siteInstance, pgbouncer };
}

const growingVolume = volume();
const protectedDatabase = database();
const protectedSite = site();
const linkHolders = holders();
const behind = together({ loadBalancer, targetGroup });

new SelfHealingStack(app, context.stack ?? (name === undefined ? 'SelfHealing' : `SelfHealing-${name}`), {
  description: 'Self-healing pipeline: alarms and events that trigger remedies, verified and reported',
  resourceTagsOnTelemetry: context.resourceTagsOnTelemetry ?? false,
  deletionProtection: context.deletionProtection ?? false,
  drills: context.drills ?? false,
  ...(name !== undefined && { name }),
  ...(emails && { emails }),
  notify: ways(),
  ...(linkHolders && { approvalLinks: { to: linkHolders } }),
  ...(mode && { mode }),
  ...(service && { service }),
  ...(diskPath && { diskPath }),
  ...(growingVolume && { volume: growingVolume }),
  ...(cacheFolders && { cacheFolders }),
  ...(autoScalingGroup && { group: { name: autoScalingGroup, ...(behind && { loadBalancer: behind }) } }),
  ...(protectedDatabase && { database: protectedDatabase }),
  ...(protectedSite && { site: protectedSite }),
});
