import {
  type AssociationDescription,
  DescribeAssociationCommand,
  SSMClient,
  UpdateAssociationCommand,
  type UpdateAssociationCommandInput,
} from '@aws-sdk/client-ssm';
import { Defect } from '../../core/failure.ts';
import type { AgentAssociations } from '../../core/ports.ts';
import { acting, actingClient, reading } from '../aws-call.ts';

/** The parameter of the document that says how far a change goes. */
const REACH = 'ReachPercent';

/** What an association has and an update may set. */
const updatable: ReadonlySet<string> = new Set<keyof AssociationDescription & keyof UpdateAssociationCommandInput>([
  ...(['Name', 'DocumentVersion', 'AutomationTargetParameterName', 'Targets', 'AssociationName', 'ScheduleExpression'] as const),
  ...(['ScheduleOffset', 'OutputLocation', 'MaxErrors', 'MaxConcurrency', 'ComplianceSeverity', 'SyncCompliance'] as const),
  ...(['ApplyOnlyAtCronInterval', 'CalendarNames', 'Duration', 'TargetLocations', 'TargetMaps', 'AlarmConfiguration'] as const),
  'AssociationDispatchAssumeRole',
]);

/** The associations by which State Manager configures the agents. */
export function agentAssociations(client = new SSMClient({}), actor = new SSMClient(actingClient)): AgentAssociations {
  const describe = async (AssociationId: string): Promise<AssociationDescription> => {
    const answer = await reading('describe the association', () => client.send(new DescribeAssociationCommand({ AssociationId })));
    if (!answer.AssociationDescription) throw new Defect(`there is no association ${AssociationId}`, undefined);
    return answer.AssociationDescription;
  };
  return {
    async read(id) {
      const { Date: made, LastUpdateAssociationDate, Parameters, Overview } = await describe(id);
      const reach = Number(Parameters?.[REACH]?.[0]);
      if (!Number.isInteger(reach)) throw new Defect(`the association ${id} has no ${REACH}`, undefined);
      return {
        updatedAt: (LastUpdateAssociationDate ?? made)?.getTime() ?? 0,
        reach,
        failed: Overview?.AssociationStatusAggregatedCount?.Failed ?? 0,
      };
    },

    async setReach(id, reach) {
      const found = await describe(id);
      // What an update leaves out is taken away, so all of it is sent again.
      const kept = Object.fromEntries(Object.entries(found).filter(([name, value]) => updatable.has(name) && value !== undefined));
      const command = new UpdateAssociationCommand({
        ...kept,
        AssociationId: id,
        Parameters: { ...found.Parameters, [REACH]: [String(reach)] },
      });
      await acting('change how far the configuration goes', () => actor.send(command));
    },
  };
}
