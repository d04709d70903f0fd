import * as z from 'zod';

/** EC2's own form of an instance id. Anything else, such as a string with shell syntax, is refused before it reaches an API. */
export const instanceIdSchema = z.string().regex(/^i-[0-9a-f]{8,17}$/, 'must look like i-0123456789abcdef0');

/** A resource name as Auto Scaling allows it, without control characters. */
const groupNameSchema = z.string().regex(/^[^\p{Cc}]{1,255}$/u, 'must be 1 to 255 characters without control characters');

/** RDS identifiers: letters, digits and single hyphens, beginning with a letter. RDS keeps them in lower case. */
export const databaseIdSchema = z
  .string()
  .max(63, 'must have at most 63 characters')
  .regex(
    /^[A-Za-z](?:-?[A-Za-z0-9])*$/,
    'must be an RDS identifier: letters, digits and single hyphens between them, beginning with a letter',
  );

/** The one resource that an incident is about and that a remedy may act on. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instance'), id: instanceIdSchema }),
  z.strictObject({ kind: z.literal('auto-scaling-group'), name: groupNameSchema }),
  z.strictObject({ kind: z.literal('database'), id: databaseIdSchema }),
  z.strictObject({ kind: z.literal('database-cluster'), id: databaseIdSchema }),
]);

export type Target = z.infer<typeof targetSchema>;
export type TargetKind = Target['kind'];

/** The key under which claims and attempts on a target are kept, the same for every policy. */
export function targetKey(target: Target): string {
  return `${target.kind}#${nameOf(target)}`;
}

/** What AWS calls the target: its id, of a group its name. */
export function nameOf(target: Target): string {
  return target.kind === 'auto-scaling-group' ? target.name : target.id;
}

/** The target in the words of a message: "instance i-0abc", "Auto Scaling group web", "database orders". */
export function targetInWords(target: Target): string {
  switch (target.kind) {
    case 'instance':
      return `instance ${target.id}`;
    case 'auto-scaling-group':
      return `Auto Scaling group ${target.name}`;
    case 'database':
      return `database ${target.id}`;
    case 'database-cluster':
      return `database cluster ${target.id}`;
  }
}
