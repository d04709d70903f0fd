import { existsSync } from 'node:fs';
import { hierarchies } from './control-groups.ts';

/** The control group, on the host, of a unit inside a node; systemd-nspawn puts the node's own tree below `payload`. */
export function unitControlGroup(nodeUnitName: string, unit: string): string {
  return `${payloadGroups(nodeUnitName)[0]}/system.slice/${unit}`;
}

/** The root of the node's own tree in each hierarchy. */
export function payloadGroups(nodeUnitName: string): readonly string[] {
  return hierarchies()
    .map((hierarchy) => `${hierarchy}/${nodeUnitName}/payload`)
    .filter((path) => existsSync(path));
}
