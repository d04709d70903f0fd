import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { type ActionHandler, AwsError, type Parameters, type Service } from '../gateway/service.ts';
import { AssociationBook, associationResource, isMeantFor } from './run-command/association-resource.ts';
import { commandAnswer, contentAnswer, documentAnswer, invocationAnswer, listedInvocation } from './run-command/command-answers.ts';
import { CommandCenter, MINUTE_MS, type NodeDirectory, type RunCommandOptions } from './run-command/command-center.ts';
import { documentResource } from './run-command/document-resource.ts';
import { DocumentStore, latestOf } from './run-command/document-store.ts';
import { InstanceInformation } from './run-command/instance-information.ts';
import { type Command, isOver, overallState } from './run-command/invocation.ts';
import * as requests from './run-command/requests.ts';

export type { NodeDirectory, RunCommandOptions } from './run-command/command-center.ts';

const noteOf = ({ agentMinuteMs = MINUTE_MS }: RunCommandOptions) =>
  'Run Command really runs the deployed documents inside the managed nodes, with parameters, patterns, environment, time limits, exit codes and output limits as the agent has them; ' +
  `the minute that the agent lets pass before a reboot, and after a power cut, lasts ${agentMinuteMs / 1_000} s; ` +
  'on AWS the agent is a program of its own, a silent one is noticed after minutes, commands can be sent by tag, and status events are sent. ' +
  'State Manager runs its associations once, after the deployment, in the place of a schedule. The CloudWatch agent that is installed is a simulated one: it takes and ' +
  'merges configurations as the real one does, and what it would send by them is measured by the local AWS from outside.';

/** Run Command, and State Manager as far as somebody tells it when to run. */
export interface RunCommand extends Service {
  /** Runs the associations on the nodes for which they are meant, and waits until they are done. Rejects when one fails. */
  carryOut(instances: readonly { readonly id: string; readonly tags: Readonly<Record<string, string>> }[]): Promise<void>;
}

/** How often it is looked whether a run is over. */
const LOOK_EVERY_MS = 50;

/** Systems Manager's Run Command and its documents, executed on managed nodes. */
export function createRunCommand(nodes: NodeDirectory, options: RunCommandOptions = {}): RunCommand {
  const associations = new AssociationBook();
  const documents = new DocumentStore();
  const center = new CommandCenter(nodes, documents, options);
  return {
    service: 'ssm',
    note: noteOf(options),
    actions: { ...commandActions(center, new InstanceInformation(nodes)), ...documentActions(documents) },
    resources: { 'AWS::SSM::Document': documentResource(documents), 'AWS::SSM::Association': associationResource(associations) },
    async carryOut(instances) {
      const runs = associations.all().flatMap((association) => {
        const ids = instances.filter(({ id, tags }) => nodes.find(id) && isMeantFor(association, id, tags)).map(({ id }) => id);
        const request = { DocumentName: association.Name, InstanceIds: ids, Parameters: association.Parameters };
        return ids.length === 0 ? [] : [center.send(requests.read(requests.sendCommand, request), new Date())];
      });
      await Promise.all(runs.map(ended));
    },
  };
}

/** Waits for a run; what a step printed is the reason why it failed. */
async function ended({ documentName, invocations }: Command): Promise<void> {
  while (!invocations.every(({ state }) => isOver(state))) await sleep(LOOK_EVERY_MS);
  for (const { instanceName, state, steps } of invocations)
    if (state.status !== 'Success')
      throw new Error(
        `${documentName} on ${instanceName}: ${state.status}: ${steps.map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n')}`,
      );
}

/** Reads the parameters by their schema before the answer is made. */
function action<T>(schema: z.ZodType<T>, answer: (request: T, now: Date) => Record<string, unknown>): ActionHandler {
  return async (parameters: Parameters) => answer(requests.read(schema, parameters), new Date());
}

function commandActions(center: CommandCenter, information: InstanceInformation): Record<string, ActionHandler> {
  return {
    SendCommand: action(requests.sendCommand, (request, now) => ({ Command: commandAnswer(center.send(request, now)) })),
    GetCommandInvocation: action(requests.getCommandInvocation, (request, now) => getCommandInvocation(center, request, now)),
    ListCommands: action(requests.listCommands, (request, now) => {
      const found = selectCommands(center, request, now);
      return pageOf('Commands', found.map(commandAnswer), request);
    }),
    ListCommandInvocations: action(requests.listCommands, (request, now) => {
      const found = selectCommands(center, request, now).flatMap((command) =>
        command.invocations
          .filter((invocation) => request.InstanceId === undefined || invocation.instanceId === request.InstanceId)
          .map((invocation) => listedInvocation(command, invocation, request.Details)),
      );
      return pageOf('CommandInvocations', found, request);
    }),
    CancelCommand: action(requests.cancelCommand, (request) => {
      center.cancel(request.CommandId, request.InstanceIds);
      return {};
    }),
    DescribeInstanceInformation: action(requests.describeInstances, (request, now) => information.describe(request, now)),
  };
}

function documentActions(documents: DocumentStore): Record<string, ActionHandler> {
  return {
    CreateDocument: action(requests.createDocument, (request, now) => {
      const document = documents.create(request.Name, request.DocumentType, request.Content, now);
      return { DocumentDescription: documentAnswer(document, latestOf(document)) };
    }),
    UpdateDocument: action(requests.updateDocument, (request, now) => {
      const document = documents.addVersion(request.Name, request.Content, now);
      return { DocumentDescription: documentAnswer(document, latestOf(document)) };
    }),
    UpdateDocumentDefaultVersion: action(requests.setDefaultVersion, (request) => {
      const document = documents.setDefaultVersion(request.Name, request.DocumentVersion);
      return { Description: { Name: document.name, DefaultVersion: String(document.defaultVersion) } };
    }),
    DescribeDocument: action(requests.readDocument, (request) => ({
      Document: documentAnswer(documents.get(request.Name), documents.version(request.Name, request.DocumentVersion)),
    })),
    GetDocument: action(requests.readDocument, (request) => contentAnswer(documents, request.Name, request.DocumentVersion)),
    DeleteDocument: action(requests.readDocument, (request) => {
      documents.get(request.Name);
      documents.delete(request.Name);
      return {};
    }),
  };
}

type ListRequest = z.infer<typeof requests.listCommands>;

function getCommandInvocation(
  center: CommandCenter,
  request: z.infer<typeof requests.getCommandInvocation>,
  now: Date,
): Record<string, unknown> {
  const { command, invocation } = center.invocation(request.CommandId, request.InstanceId, now);
  const stepName = request.PluginName ?? command.stepNames[0] ?? '';
  if (!command.stepNames.includes(stepName)) throw new AwsError('InvalidPluginName', `The document has no step ${stepName}.`);
  return invocationAnswer(command, invocation, stepName);
}

function selectCommands(center: CommandCenter, request: ListRequest, now: Date): readonly Command[] {
  return center
    .list(now)
    .filter((command) => request.CommandId === undefined || command.commandId === request.CommandId)
    .filter((command) => request.InstanceId === undefined || command.instanceIds.includes(request.InstanceId))
    .filter((command) => request.Filters.every((filter) => matches(command, filter)));
}

function matches(command: Command, filter: { key: string; value: string }): boolean {
  switch (filter.key) {
    case 'InvokedAfter':
      return command.requestedAt > new Date(filter.value);
    case 'InvokedBefore':
      return command.requestedAt < new Date(filter.value);
    case 'Status':
      return overallState(command.invocations.map((invocation) => invocation.state)).status === filter.value;
    case 'DocumentName':
      return command.documentName === filter.value;
    case 'ExecutionStage':
      return command.invocations.every((invocation) => isOver(invocation.state)) === (filter.value === 'Complete');
    default:
      throw new AwsError('InvalidFilterKey', `The specified filter key ${filter.key} is not valid.`);
  }
}

/** The largest page that the service gives. */
const PAGE_SIZE = 50;

/** The token is the position of the next entry. */
function pageOf(member: string, entries: readonly unknown[], request: { MaxResults?: number | undefined; NextToken?: string | undefined }) {
  const from = Number(request.NextToken ?? '0');
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const to = from + (request.MaxResults ?? PAGE_SIZE);
  return { [member]: entries.slice(from, to), ...(to < entries.length && { NextToken: String(to) }) };
}
