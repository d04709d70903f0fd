import { randomUUID } from 'node:crypto';
import type { SuppliedResource } from '../../local-aws/supplement.ts';

/** `AWS::SSM::Association`: kept, and not carried out. The rehearsal measures the nodes itself, so they need no agent for that. */
export const associationResource: SuppliedResource = {
  async create() {
    const AssociationId = randomUUID();
    return { physicalId: AssociationId, attributes: { AssociationId } };
  },
  async update(physicalId) {
    return { physicalId, attributes: { AssociationId: physicalId } };
  },
  async delete() {},
};
