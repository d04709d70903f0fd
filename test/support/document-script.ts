import { deployedScript } from '../../lib/deployed-script.ts';

/** The shell script of a Command document, as it is deployed. */
export function documentScript(name: string): string {
  return `${deployedScript(`${name}.sh`).join('\n')}\n`;
}
