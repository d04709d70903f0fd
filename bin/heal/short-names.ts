/** As many digits of an incident's id as people type. */
export function shortIncident(id: string | undefined): string {
  return id === undefined ? '-' : id.slice(0, 8);
}

/** Who did it, as people call each other: the last part of an ARN. */
export function who(arn: unknown): string {
  const name = String(arn ?? '')
    .split(/[/:]/)
    .at(-1);
  return name === undefined || name === '' ? '(unknown)' : name;
}
