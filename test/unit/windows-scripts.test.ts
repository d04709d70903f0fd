import { describe, expect, it } from 'vitest';
import { wholeScript } from '../../lib/deployed-script.ts';
import { mistakes, parsePowerShell, textsOf } from '../support/powershell.ts';

/** The exit codes in a script's head; several stand on one line, so "10  bad" counts and "in 10 s" does not. */
function documented(script: string): Set<string> {
  const [head = ''] = script.split('\nset -eu\n')[0]?.split('\nSet-StrictMode') ?? [];
  const codes = head.slice(head.search(/Exit codes/i));
  return new Set([...codes.matchAll(/(?:^#|\s)\s+(\d{1,2}) {2,3}\S/gm)].map(([, code]) => code ?? ''));
}

/** Everything that the scripts may call besides their own functions. None runs text, starts a program or deletes by path. */
const cmdlets = [
  'Add-Type',
  'ForEach-Object',
  'Get-CimInstance',
  'Get-Date',
  'Get-ItemProperty',
  'Get-Service',
  'Get-WinEvent',
  'New-Object',
  'Out-Null',
  'Select-Object',
  'Set-StrictMode',
  'Start-Sleep',
  'Stop-Process',
  'Where-Object',
];

it('the grammar notices what is not PowerShell', () => {
  expect(mistakes(parsePowerShell("if ($x { 'never closed' }"))).not.toEqual([]);
  expect(mistakes(parsePowerShell('function A { "text }'))).not.toEqual([]);
});

describe('diagnose on Windows', () => {
  const script = wholeScript('diagnose.ps1');
  const tree = parsePowerShell(script);

  it('is PowerShell to the grammar, in plain ASCII', () => {
    expect(mistakes(tree)).toEqual([]);
    expect(/[^\t\n\x20-\x7e]/.test(script)).toBe(false);
  });

  it('calls nothing but what reads', () => {
    const own = textsOf(tree, 'function_name');
    const reading = /^(Get-CimInstance|Get-WinEvent|Select-Object|Set-StrictMode|Sort-Object|Where-Object)$/;
    expect(textsOf(tree, 'command_name').filter((command) => !own.includes(command) && !reading.test(command))).toEqual([]);
    expect(textsOf(tree, 'command_invokation_operator')).toEqual([]);
  });

  it('has the sections of Linux but that of folders, and leaves the same names out of command lines', () => {
    const titles = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, title]) => title);
    expect(titles(script, /^Write-Section '(.*)'$/gm)).toEqual(titles(wholeScript('diagnose.sh'), /^ {2}section '?([^'"\n]+?)'?$/gm));
    const names = (text: string) => /\(pass\|[a-z|]+\)/.exec(text)?.[0];
    expect(names(script)).toBe(names(wholeScript('diagnose.sh')));
  });
});

describe.each(['restart-service', 'clear-caches'])('%s on Windows', (name) => {
  const script = wholeScript(`${name}.ps1`);
  const tree = parsePowerShell(script);

  it('is PowerShell to the grammar', () => {
    expect(mistakes(tree)).toEqual([]);
  });

  it('is plain ASCII, which Windows PowerShell reads alike in every language', () => {
    expect(/[^\t\n\x20-\x7e]/.test(script)).toBe(false);
  });

  it('stops at the first error and at an unset variable', () => {
    expect(script).toMatch(/^Set-StrictMode -Version 3\.0\n\$ErrorActionPreference = 'Stop'$/m);
    expect(script).toMatch(/^trap \{$/m);
  });

  it('calls nothing that would run text, start a program or delete by path', () => {
    const own = textsOf(tree, 'function_name');
    const called = [...new Set(textsOf(tree, 'command_name'))];
    expect(own.length).toBeGreaterThan(5);
    expect(called.filter((command) => !own.includes(command) && !cmdlets.includes(command))).toEqual([]);
    expect(textsOf(tree, 'command_invokation_operator')).toEqual(name === 'restart-service' ? ['&'] : []);
    expect(script).not.toMatch(/Invoke-|iex\b|\[scriptblock\]::|Diagnostics\.Process|-Recurse|ExpandString/i);
  });

  it('reads its parameters as texts and never inside another text', () => {
    const uses = [...script.matchAll(/.{0,12}env:SSM_\w+/g)].map(([use]) => use);
    expect(uses.length).toBeGreaterThan(4);
    for (const use of uses) expect(use).toMatch(/\[string\] \$env:SSM_\w+$/);
    for (const text of textsOf(tree, 'expandable_string_literal')) expect(text).not.toContain('env:SSM_');
  });

  it('checks every pattern from the very beginning to the very end, as "$" would allow a line break', () => {
    const checks = [...script.matchAll(/-cnotmatch '([^']+)'/g)].map(([, pattern]) => pattern ?? '');
    expect(checks.length).toBeGreaterThan(2);
    for (const pattern of checks) expect(pattern).toMatch(/^\\A.*\\z$/);
  });

  it('ends only with exit codes that its head explains, and that mean the same on Linux', () => {
    const used = [...script.matchAll(/(?:Exit-Refused|Exit-Failed|Exit-Restarted|Set-Worst|exit) (\d+)/g)].map(([, code]) => code ?? '');
    const explained = documented(script);
    const onLinux = documented(wholeScript(`${name}.sh`));
    expect(used.length).toBeGreaterThan(5);
    for (const code of used) {
      expect(explained).toContain(code);
      expect(onLinux).toContain(code);
    }
  });
});

it.each(['AmazonSSMAgent', 'RpcSs', 'Dnscache', 'Dhcp', 'TermService', 'WinRM', 'EventLog', 'Netlogon'])(
  'the service %s is protected on Windows',
  (service) => {
    const [, list = ''] = /\$protected = @\(([^)]*)\)/.exec(wholeScript('restart-service.ps1')) ?? [];
    expect(list).toContain(`'${service}'`);
  },
);

it('clear-caches deletes on Windows only what it has opened and found at the expected place', () => {
  const script = wholeScript('clear-caches.ps1');
  expect(script.indexOf('!IsAt(file, path)')).toBeLessThan(script.indexOf('SetFileInformationByHandle(file, Disposition'));
  expect(script.match(/SetFileInformationByHandle\(file/g)).toHaveLength(1);
  expect(script).not.toMatch(/Remove-Item|\.Delete\(|DeleteOnClose|MoveFile/);
});

it('clear-caches says on Windows why on every way out, and is content with a part, in the words of Linux', () => {
  const ends = (script: string) =>
    [...script.matchAll(/["'](PARTLY|FAILED: nothing was freed): (?:%s\\n' "\$why"|\$why")/g)].map(([, word]) => word);
  const [windows, linux] = [wholeScript('clear-caches.ps1'), wholeScript('clear-caches.sh')];
  expect(ends(windows)).toEqual(['PARTLY', 'FAILED: nothing was freed']);
  expect(ends(linux)).toEqual(ends(windows));
  expect(windows.match(/Set-Worst \d+\b(?! "[^"]+")/g)).toBeNull();
  expect(windows.match(/^exit \$worst$/gm)).toHaveLength(1);
  expect(windows).toMatch(/\$worst -ne 0 -and \$totalFiles -gt 0\) \{\n {4}Write-Line "PARTLY: \$why"\n {4}exit 0/);
});

describe('restart-service on Windows', () => {
  const script = wholeScript('restart-service.ps1');

  it('refuses before its lock, and so before it touches anything, what reaches beyond the service', () => {
    const lock = script.indexOf('System.Threading.Mutex');
    for (const check of [
      'Assert-NotProtected $name',
      'Assert-NoReboot $name',
      'Assert-NoReboot $dependent.ServiceName',
      'Exit-Refused 16',
      '(Test-Starting $before)',
    ])
      expect(script.indexOf(check), check).toBeGreaterThan(0);
    expect(script.lastIndexOf('Exit-Refused')).toBeLessThan(lock);
    expect(script.lastIndexOf('Assert-No')).toBeLessThan(lock);
  });

  it('starts what was stopped with the service on every way out after that', () => {
    const acting = script.slice(script.indexOf("Write-State 'before'"));
    expect(acting).not.toMatch(/Exit-Failed (?!26)/);
    expect(script).toMatch(/function Exit-Restarted[\s\S]*?Start-Dependents \| Out-Null\n {4}Exit-Failed/);
  });
});
