import { boundedDiagnosis, type Diagnosis, wantsDiagnosis, whyNoVisit } from '../core/diagnosis.ts';
import type { Instant } from '../core/duration.ts';
import { messageOf } from '../core/failure.ts';
import type { Section } from '../core/notice/section.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import type { Diagnostic, DiagnosticPorts } from '../diagnostics/diagnostic.ts';
import { type LastLookPorts, lastLook } from './last-look.ts';

export type DiagnosePorts = DiagnosticPorts & LastLookPorts;

/** What the step is made with. */
export interface DiagnoseSettings {
  readonly diagnostics: readonly Diagnostic[];
  /** The physical name of the Command document. */
  readonly document: string;
  /** Resolves when whoever waits is to get what there is by then. */
  timeIsUp(): Promise<void>;
}

/**
 * Reads, for the person to whom an incident is handed off, what is to be seen of its target: all at once, and each for itself, so that one
 * that fails or hangs keeps no other from being told. Answers the whole diagnosis, with what an earlier step read. It changes nothing.
 */
export async function diagnose(
  state: WorkflowState,
  { diagnostics, document, timeIsUp }: DiagnoseSettings,
  ports: DiagnosePorts,
  now: Instant,
): Promise<Diagnosis> {
  const { incident, policy, diagnosis = [] } = state;
  if (!wantsDiagnosis(state)) return diagnosis;
  const applying = diagnostics.filter((diagnostic) => diagnostic.appliesTo(policy));
  const over = timeIsUp();
  const gathered = applying.map((diagnostic) =>
    seen(diagnostic, over, async () => {
      const instead = (line: string) => [{ title: titleOf(diagnostic), lines: [line] }];
      // What people said is not needed to read what AWS says.
      if (diagnostic.visits) {
        const look = await lastLook(state, ports);
        if (look.kind === 'unreadable') return instead(`not known: ${look.why}`);
        const why = whyNoVisit(state, diagnostic.visits, look);
        if (why !== undefined) return instead(`not looked at: ${why}`);
      }
      return diagnostic.gather({ incident, policy, now, document }, ports);
    }),
  );
  return boundedDiagnosis([...diagnosis, ...(await Promise.all(gathered)).flat()]);
}

async function seen(diagnostic: Diagnostic, over: Promise<void>, look: () => Promise<readonly Section[]>): Promise<readonly Section[]> {
  const instead = (why: string) => [{ title: titleOf(diagnostic), lines: [`not known: ${why}`] }];
  try {
    return await Promise.race([look(), over.then(() => instead('it took too long'))]);
  } catch (error) {
    return instead(messageOf(error));
  }
}

function titleOf({ name }: Diagnostic): string {
  const words = name.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
