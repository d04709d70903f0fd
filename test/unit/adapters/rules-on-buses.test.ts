import { type EventBridgeClient, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import { aPolicy } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { deployedRules } from '../../../lambdas/adapters/deployed-rules.ts';
import { signalRules } from '../../../lambdas/adapters/eventbridge.ts';

const pattern = (alarmName: string) =>
  JSON.stringify({ source: ['aws.cloudwatch', 'self-healing.healing'], detail: { alarmName: [alarmName] } });
const onBus: Readonly<Record<string, string>> = { default: 'healing-Web-memory', 'healing.1': 'healing_Orders-cpu', 'healing.2': 'own' };

function clientWith(asked: string[] = []): EventBridgeClient {
  return {
    send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: { EventBusName?: string; Rule?: string } }) => {
      const bus = input.EventBusName ?? 'default';
      asked.push(`${name} ${bus}`);
      if (name === 'ListTargetsByRuleCommand') return { Targets: [{ DeadLetterConfig: { Arn: `arn:of:${bus}:${input.Rule}` } }] };
      return { Rules: [{ Name: `healing.${bus}`, EventPattern: pattern(onBus[bus] ?? ''), State: 'ENABLED' }] };
    },
  } as unknown as EventBridgeClient;
}

it('the alarms of rules on every bus of the pipeline are watched', async () => {
  const alarms = await signalRules('healing', clientWith(), ['healing.1', 'healing.2']).watchedAlarms();
  expect(alarms).toEqual(['healing-Web-memory', 'healing_Orders-cpu', 'own']);
});

it('a pipeline without nested stacks is asked for its rules once', async () => {
  const asked: string[] = [];
  expect(await signalRules('healing', clientWith(asked)).watchedAlarms()).toEqual(['healing-Web-memory']);
  expect(asked).toEqual(['ListRulesCommand default']);
});

it('the rules that are looked over are those of every bus, each with the targets that it has there', async () => {
  const rules = await deployedRules(clientWith(), ['healing.1']).ofPipeline('healing');
  expect(rules.map(({ name, deadLetters }) => [name, ...deadLetters])).toEqual([
    ['healing.default', 'arn:of:default:healing.default'],
    ['healing.healing.1', 'arn:of:healing.1:healing.healing.1'],
  ]);
});

it('one policy is read from its own rule, on whichever bus that is, and is none where there is no such rule', async () => {
  const asked: string[] = [];
  const InputTransformer = { InputTemplate: `{"policy":${JSON.stringify(aPolicy({ name: 'Web-memory' }))},"event":<event>}` };
  const client = {
    send: async ({ input: { Rule, EventBusName } }: { input: { EventBusName?: string; Rule: string } }) => {
      asked.push(`${EventBusName} ${Rule}`);
      if (EventBusName === 'healing.1' && Rule === 'healing.Web-memory') return { Targets: [{ InputTransformer }] };
      throw new ResourceNotFoundException({ message: 'Rule does not exist.', $metadata: {} });
    },
  } as unknown as EventBridgeClient;
  expect((await deployedRules(client, ['healing.1']).policy('healing', 'Web-memory'))?.name).toBe('Web-memory');
  expect(asked).toEqual(['undefined healing.Web-memory', 'healing.1 healing.Web-memory']);
  expect(await deployedRules(client, ['healing.1']).policy('healing', 'Web-disk')).toBeUndefined();
});

it('a policy whose rule cannot be read is not taken for none', async () => {
  const client = { send: async () => Promise.reject(new Error('throttled')) } as unknown as EventBridgeClient;
  await expect(deployedRules(client).policy('healing', 'Web-memory')).rejects.toThrow('throttled');
});
