/**
 * A copy as it comes back from text, which is what goes in and out on AWS. Frozen, so that no function can change what another sees. No
 * text is made for it: the strings of a hundred thousand copies are then the same ones.
 */
export function asText(value: unknown): unknown {
  return copied(value) ?? null;
}

/** Undefined for what text cannot say, as members of objects that are left out. */
function copied(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  if (value === null) return value;
  if ('toJSON' in value) return copied((value as { toJSON(): unknown }).toJSON());
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copied(item) ?? null));
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = copied((value as Readonly<Record<string, unknown>>)[name]);
    if (member !== undefined) copy[name] = member;
  }
  return Object.freeze(copy);
}
