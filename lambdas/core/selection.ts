import type { Group } from './policy.ts';

/** The tag that Auto Scaling puts on its members; nobody else can set a tag that begins with `aws:`. */
export const GROUP_TAG = 'aws:autoscaling:groupName';

/** An instance as far as it says itself to which groups it belongs. */
export interface Belonging {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether the instance is one of the group, by its own id and tags. */
export function isOf(group: Group, { id, tags }: Belonging): boolean {
  switch (group.kind) {
    case 'tagged':
      return tags[group.key] === group.value;
    case 'auto-scaling-group':
      return tags[GROUP_TAG] === group.name;
    case 'instances':
      return group.ids.includes(id);
    case 'single':
      return group.target.kind === 'instance' && group.target.id === id;
  }
}
