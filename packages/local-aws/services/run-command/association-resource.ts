import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type SuppliedResource } from '../../gateway/service.ts';

const associationSchema = z.looseObject({
  Name: z.string(),
  AssociationName: z.string().optional(),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  Targets: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).default([]),
});

/** What State Manager keeps for a set of instances: a document and its parameters. */
export type Association = z.infer<typeof associationSchema>;

/** The associations of the local AWS. */
export class AssociationBook {
  readonly #associations = new Map<string, Association>();

  all(): readonly Association[] {
    return [...this.#associations.values()];
  }

  put(id: string, properties: unknown): void {
    const parsed = associationSchema.safeParse(properties);
    if (!parsed.success) throw new AwsError('ValidationException', `AWS::SSM::Association: ${parsed.error.issues[0]?.message}`);
    this.#associations.set(id, parsed.data);
  }

  delete(id: string): void {
    this.#associations.delete(id);
  }
}

/** Whether an association is meant for an instance, by its id or by one of its tags. */
export function isMeantFor({ Targets }: Association, instanceId: string, tags: Readonly<Record<string, string>>): boolean {
  return Targets.every(({ Key, Values }) => {
    const value = Key === 'InstanceIds' ? instanceId : Key.startsWith('tag:') ? tags[Key.slice('tag:'.length)] : undefined;
    return value !== undefined && Values.includes(value);
  });
}

/** `AWS::SSM::Association`: kept; whoever owns the nodes has it carried out. */
export function associationResource(book: AssociationBook): SuppliedResource {
  return {
    async create(properties) {
      const AssociationId = randomUUID();
      book.put(AssociationId, properties);
      return { physicalId: AssociationId, attributes: { AssociationId } };
    },
    async update(physicalId, properties) {
      book.put(physicalId, properties);
      return { physicalId, attributes: { AssociationId: physicalId } };
    },
    async delete(physicalId) {
      book.delete(physicalId);
    },
  };
}
