import { describe, expect, it } from 'vitest';
import { wholeScript } from '../../lib/deployed-script.ts';
import { mistakes, parsePowerShell, textsOf } from '../support/powershell.ts';

const script = wholeScript('restart-instance.ps1');
const tree = parsePowerShell(script);

describe('restart-instance on Windows, which is read here and not executed', () => {
  it('is PowerShell to the grammar, in plain ASCII', () => {
    expect(mistakes(tree)).toEqual([]);
    expect(/[^\t\n\x20-\x7e]/.test(script)).toBe(false);
  });

  it('calls nothing that would run text, start a program or reboot by itself', () => {
    const own = textsOf(tree, 'function_name');
    const called = new Set(textsOf(tree, 'command_name').filter((command) => !own.includes(command)));
    expect([...called].toSorted()).toEqual([
      'Get-CimInstance',
      'Get-Item',
      'Get-Process',
      'New-Item',
      'New-ItemProperty',
      'Out-Null',
      'Remove-ItemProperty',
      'Set-StrictMode',
      'Test-Path',
    ]);
  });

  it('asks for the reboot in one place, the last, after its mark was written and read again', () => {
    expect(script.match(/exit 3010/g)).toHaveLength(1);
    expect(script.trimEnd().endsWith('exit 3010')).toBe(true);
    expect(script.indexOf('New-ItemProperty')).toBeLessThan(script.indexOf('if ($null -eq (Read-Mark $token))'));
    expect(script.lastIndexOf('Exit-Refused 12')).toBeLessThan(script.indexOf('exit 3010'));
  });

  it('checks its token from the very beginning to the very end', () => {
    expect(script).toContain(String.raw`$token -cnotmatch '\A[0-9a-f]{64}-[0-9]{1,2}\z'`);
  });

  it('says what the remedy looks for, and uses exit codes that its head explains as on Linux', () => {
    expect(script).toContain("Write-Line ('REBOOTED:");
    const used = [...script.matchAll(/(?:Exit-Refused|Exit-Failed) (\d+)/g)].map(([, code]) => code ?? '');
    const linux = wholeScript('restart-instance.sh');
    for (const code of used) {
      expect(script).toMatch(new RegExp(`#.* ${code}  `));
      expect(linux).toMatch(new RegExp(`#.* ${code}  `));
    }
  });
});
