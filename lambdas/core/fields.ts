/** What stands in an object, while it is not known what that may be. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of an object; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
