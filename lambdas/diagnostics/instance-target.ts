import type { Section } from '../core/notice/section.ts';
import type { Policy } from '../core/policy.ts';
import type { Diagnostic, DiagnosticPorts, Question } from './diagnostic.ts';

/** Whether the targets of a policy are instances. */
export function isOfInstances({ targets }: Policy): boolean {
  return targets.kind !== 'fixed' || targets.target.kind === 'instance';
}

/** A look at an instance; it sees nothing of other targets. */
export function ofInstance(
  gather: (id: string, question: Question, ports: DiagnosticPorts) => Promise<readonly Section[]>,
): Diagnostic['gather'] {
  return async (question, ports) => {
    const { target } = question.incident;
    return target.kind === 'instance' ? gather(target.id, question, ports) : [];
  };
}
