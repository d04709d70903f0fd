import type { ResourceIdentity, SuppliedResource, SuppliedResourceState } from '../../gateway/service.ts';

/** `AWS::Logs::QueryDefinition`: the local AWS runs no queries of Logs Insights, so that it keeps no more than that there is one. */
export const savedQueryResource: SuppliedResource = {
  create: async (_, identity) => stateOf(identity),
  update: async (_, __, identity) => stateOf(identity),
  delete: async () => {},
};

function stateOf({ stackName, logicalId }: ResourceIdentity): SuppliedResourceState {
  const physicalId = `${stackName}-${logicalId}`;
  return { physicalId, attributes: { QueryDefinitionId: physicalId } };
}
