import { messageOf } from '../core/failure.ts';
import { RUNNING } from '../core/pause.ts';

/** A request of CloudFormation to a custom resource, as far as it is needed here. */
export interface ResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: { readonly Parameter: string };
}

/** Makes a pause switch where there is none. */
interface SwitchMaker {
  make(value: string): Promise<void>;
}

/**
 * Makes the pause switch where there is none, and never touches one that is there: no deployment, replacement or deletion of the
 * stack may let a paused pipeline act again. As a resource of CloudFormation's own, every change of its description or tags
 * would write its first value anew.
 */
export async function keepPauseSwitch(request: ResourceRequest, switchOf: (parameter: string) => SwitchMaker): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId, ResourceProperties, RequestType } = request;
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: ResourceProperties.Parameter };
  let result: object = { ...answer, Status: 'SUCCESS' };
  try {
    if (RequestType === 'Create') await switchOf(ResourceProperties.Parameter).make(RUNNING);
  } catch (error) {
    result = { ...answer, Status: 'FAILED', Reason: messageOf(error) };
  }
  const told = await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(result) });
  if (!told.ok) throw new Error(`CloudFormation did not take the answer: ${told.status}`);
}
