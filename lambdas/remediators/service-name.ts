import * as z from 'zod';

/** What a service may be called in a command's parameter. */
export const SERVICE_PATTERN = '[A-Za-z0-9][A-Za-z0-9@._-]{0,127}';

/** Units of systemd that are no services. */
const OTHER_UNIT = /\.(socket|target|timer|mount|automount|swap|slice|scope|path|device)$/;

/** The name of one service: a template of systemd is none, and the scripts refuse other kinds of units. */
export const serviceNameSchema = z
  .string()
  .regex(new RegExp(`^${SERVICE_PATTERN}$`), 'must be the name of a service')
  .refine((name) => !OTHER_UNIT.test(name), 'must be a service, not another kind of unit')
  .refine((name) => !/@(\.service)?$/.test(name), 'is a template: name an instance of it, such as worker@1');
