import type { DocumentStore, DocumentVersion, StoredDocument } from './document-store.ts';
import { commandOf, hashOf, latestOf } from './document-store.ts';
import { type Command, type Invocation, isOver, overallState, type StepResult } from './invocation.ts';

/** Answers in the API's own shapes; pure, so that they can be compared with the service's documentation. */

export function commandAnswer(command: Command): Record<string, unknown> {
  const states = command.invocations.map((invocation) => invocation.state);
  const { status, details } = overallState(states);
  return {
    CommandId: command.commandId,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: command.expiresAt,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: [],
    RequestedDateTime: command.requestedAt,
    Status: status,
    StatusDetails: details,
    MaxConcurrency: '50',
    MaxErrors: '0',
    TargetCount: states.length,
    CompletedCount: states.filter(isOver).length,
    ErrorCount: states.filter((state) => state.status === 'Failed' || state.details === 'ExecutionTimedOut').length,
    DeliveryTimedOutCount: states.filter((state) => state.details === 'DeliveryTimedOut').length,
    TimeoutSeconds: command.timeoutSeconds,
  };
}

/** A step that has not started has response code -1 and no times. */
export function invocationAnswer(command: Command, invocation: Invocation, stepName: string): Record<string, unknown> {
  const step = invocation.steps.find((candidate) => candidate.name === stepName);
  const { status, details } = step?.state ?? invocation.state;
  return {
    CommandId: command.commandId,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: stepName,
    ResponseCode: step?.responseCode ?? -1,
    ExecutionStartDateTime: step?.startedAt.toISOString() ?? '',
    ExecutionElapsedTime: step === undefined ? '' : `PT${(step.endedAt.getTime() - step.startedAt.getTime()) / 1000}S`,
    ExecutionEndDateTime: step?.endedAt.toISOString() ?? '',
    Status: status,
    StatusDetails: details,
    StandardOutputContent: step?.stdout ?? '',
    StandardOutputUrl: '',
    StandardErrorContent: step?.stderr ?? '',
    StandardErrorUrl: '',
  };
}

export function listedInvocation(command: Command, invocation: Invocation, details: boolean): Record<string, unknown> {
  return {
    CommandId: command.commandId,
    InstanceId: invocation.instanceId,
    InstanceName: invocation.instanceName,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: command.requestedAt,
    Status: invocation.state.status,
    StatusDetails: invocation.state.details,
    CommandPlugins: details ? invocation.steps.map(pluginAnswer) : [],
  };
}

/** Lists show the beginning of the output only. */
const LISTED_OUTPUT_CHARACTERS = 2500;

function pluginAnswer(step: StepResult): Record<string, unknown> {
  return {
    Name: step.name,
    Status: step.state.status,
    StatusDetails: step.state.details,
    ResponseCode: step.responseCode,
    ResponseStartDateTime: step.startedAt,
    ResponseFinishDateTime: step.endedAt,
    Output: step.stdout.slice(0, LISTED_OUTPUT_CHARACTERS),
  };
}

export function documentAnswer(document: StoredDocument, version: DocumentVersion): Record<string, unknown> {
  const common = {
    Name: document.name,
    DocumentVersion: String(version.version),
    LatestVersion: String(latestOf(document).version),
    DefaultVersion: String(document.defaultVersion),
    Status: 'Active',
    Hash: hashOf(version.content),
    HashType: 'Sha256',
    DocumentType: document.type,
    DocumentFormat: 'JSON',
    CreatedDate: version.createdAt,
    Tags: [],
  };
  if (document.type !== 'Command') return common;
  const { schemaVersion, description, parameters } = commandOf(document, version);
  return {
    ...common,
    SchemaVersion: schemaVersion,
    Description: description ?? '',
    PlatformTypes: ['Linux'],
    Parameters: Object.entries(parameters).map(([name, declared]) => ({
      Name: name,
      Type: declared.type === 'StringList' ? 'StringList' : 'String',
      Description: declared.description ?? '',
      ...(declared.default === undefined ? {} : { DefaultValue: [declared.default].flat().join(',') }),
    })),
  };
}

/** The answer of GetDocument. */
export function contentAnswer(documents: DocumentStore, name: string, wanted: string | undefined): Record<string, unknown> {
  const document = documents.get(name);
  const version = documents.version(name, wanted);
  return {
    Name: document.name,
    DocumentVersion: String(version.version),
    Status: 'Active',
    Content: version.content,
    DocumentType: document.type,
    DocumentFormat: 'JSON',
    CreatedDate: version.createdAt,
  };
}
