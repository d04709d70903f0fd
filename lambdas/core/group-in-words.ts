import type { Group } from './policy.ts';
import { targetInWords } from './target.ts';

/** The group in the words of a message: "Web (SelfHeal=enabled)", "Auto Scaling group web". */
export function groupInWords(group: Group): string {
  switch (group.kind) {
    case 'tagged':
      return `${group.name} (${group.key}=${group.value})`;
    case 'auto-scaling-group':
      return `Auto Scaling group ${group.name}`;
    case 'instances':
      return group.name;
    case 'single':
      return targetInWords(group.target);
  }
}
