import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript, shells } from '../../../bin/heal/completion.ts';
import { program } from '../../../bin/heal/program.ts';

/** What bash itself offers after these words. */
function offered(...words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${completionScript(program(), 'bash')}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}\n_self_healing_pipeline; echo "\${COMPREPLY[*]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
}

describe('the completion of the shell', () => {
  it('offers the commands in bash, and those that begin as what was typed', () => {
    expect(offered('self-healing-pipeline', 'pro')).toEqual(['promote']);
    expect(offered('self-healing-pipeline', '')).toEqual(expect.arrayContaining(['status', 'why', 'advise', 'advice', 'doctor']));
  });

  it('offers the options of a command in bash, and none after a word that is no command', () => {
    expect(offered('self-healing-pipeline', 'pause', 'noon', '--f')).toEqual(['--for']);
    expect(offered('self-healing-pipeline', 'nothing', '--f')).toEqual(['']);
  });

  it.each(shells)('has every command and every option in %s', (shell) => {
    const whole = program();
    const script = completionScript(whole, shell);
    for (const command of whole.commands) {
      expect(script).toContain(command.name());
      for (const { long } of command.options) expect(script).toContain(shell === 'fish' ? `-l ${long?.slice(2)}` : long);
    }
  });

  it('puts what a command is for into quotes that no apostrophe ends', () => {
    expect(completionScript(program(), 'fish')).toContain("-d 'close a policy\\'s circuit breaker'");
    expect(completionScript(program(), 'zsh')).toContain("'release-breaker:close a policy'\\''s circuit breaker'");
  });
});
