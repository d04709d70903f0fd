import { installPackages, mayInstallPackages } from '@self-healing/local-aws/debian-packages.ts';

/** Installs packages where a program of theirs is missing and this machine may. Says why not where it may not. */
export async function installDebianPackages(packages: readonly string[], isThere: () => boolean): Promise<string> {
  if (isThere()) return '';
  const advice = `install it with: apt-get install ${packages.join(' ')}`;
  if (!mayInstallPackages()) return `it may only be installed by root on Debian; ${advice}`;
  console.log(`installing ${packages.join(', ')} by apt-get`);
  const failure = await installPackages(packages);
  if (failure !== undefined) return `${failure}; ${advice}`;
  return isThere() ? '' : `the packages did not bring it; ${advice}`;
}
