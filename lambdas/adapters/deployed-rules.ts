import {
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
  type Rule,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { type WatchedAgents, watchedAgentsSchema } from '../core/agent-watch.ts';
import type { DeployedRule } from '../core/doctor/readings.ts';
import { rulesBeginning } from '../core/manifest.ts';
import { type Policy, policySchema } from '../core/policy.ts';
import { sweepSource } from '../core/sweep-source.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { reading } from './aws-call.ts';
import { alarmsOf } from './eventbridge.ts';

/** What stands on the default bus and on those of nested stacks: the rules carry the policies, so that nothing else has to keep them for people to look at. */
export interface DeployedRules {
  /** The rules of a pipeline's policies. */
  ofPipeline(pipeline: string): Promise<readonly DeployedRule[]>;
  /** One policy, as its rule carries it; undefined where there is no such rule. */
  policy(pipeline: string, name: string): Promise<Policy | undefined>;
  /** What the schedules say to the function that looks after the agents. */
  watchedAgents(functionArn: string): Promise<readonly WatchedAgents[]>;
  /** How many rules the bus has. */
  count(): Promise<number>;
}

export function deployedRules(client = new EventBridgeClient({}), buses: readonly string[] = []): DeployedRules {
  const targetsOf = async (Rule: string, EventBusName?: string): Promise<readonly Target[]> => {
    const command = new ListTargetsByRuleCommand({ Rule, EventBusName });
    const answer = await reading('list the targets of a rule', () => client.send(command));
    return answer.Targets ?? [];
  };
  const targetsIfThere = async (Rule: string, EventBusName?: string): Promise<readonly Target[]> => {
    try {
      return (await client.send(new ListTargetsByRuleCommand({ Rule, EventBusName }))).Targets ?? [];
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      return reading('list the targets of a rule', () => Promise.reject(error));
    }
  };
  return {
    async ofPipeline(pipeline) {
      const found: DeployedRule[] = [];
      for (const bus of [undefined, ...buses])
        for (const { Name = '', State, EventPattern } of await rulesOf(client, rulesBeginning(pipeline), bus)) {
          const targets = await targetsOf(Name, bus);
          const policy = policyOf(targets);
          found.push({
            name: Name,
            enabled: State !== 'DISABLED',
            alarms: alarmsOf(EventPattern, sweepSource(pipeline)),
            deadLetters: targets.flatMap(({ DeadLetterConfig }) => DeadLetterConfig?.Arn ?? []),
            ...(policy && { policy }),
          });
        }
      return found;
    },

    async policy(pipeline, name) {
      for (const bus of [undefined, ...buses]) {
        const targets = await targetsIfThere(`${rulesBeginning(pipeline)}${name}`, bus);
        const policy = policyOf(targets);
        if (policy) return policy;
      }
      return undefined;
    },

    async watchedAgents(TargetArn) {
      const found: WatchedAgents[] = [];
      let NextToken: string | undefined;
      do {
        const command = new ListRuleNamesByTargetCommand({ TargetArn, NextToken });
        const page = await reading('list the schedules of the agents', () => client.send(command));
        for (const name of page.RuleNames ?? [])
          for (const { Input } of await targetsOf(name)) {
            const read = readTolerantly(watchedAgentsSchema, jsonOf(Input));
            if (read.success) found.push(read.data);
          }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },

    count: async () => (await rulesOf(client)).length,
  };
}

async function rulesOf(client: EventBridgeClient, NamePrefix?: string, EventBusName?: string): Promise<readonly Rule[]> {
  const found: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await reading('list the rules', () => client.send(new ListRulesCommand({ NamePrefix, EventBusName, NextToken })));
    found.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

function policyOf(targets: readonly Target[]): Policy | undefined {
  return targets.map(({ InputTransformer }) => policyIn(InputTransformer?.InputTemplate)).find((each) => each !== undefined);
}

/** The policy in an input template, in which placeholders of the event stand unquoted. */
function policyIn(template: string | undefined): Policy | undefined {
  const carried = jsonOf(template?.replaceAll(/<[\w.-]+>/g, 'null'));
  if (typeof carried !== 'object' || carried === null || !('policy' in carried)) return undefined;
  return readTolerantly(policySchema, carried.policy).data;
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
