import { commandPage } from './command.ts';
import { contextKeysPage } from './context-keys.ts';
import { diagnosticsPage } from './diagnostics.ts';
import { guardrailsPage } from './guardrails.ts';
import { historyPage } from './history.ts';
import { noticePage } from './notice.ts';
import { reasonsPage } from './reasons.ts';
import { remediesPage } from './remedies.ts';
import { symptomsPage } from './symptoms.ts';

/** The pages of docs/reference that are made from registries, schemas and comments, by their path from the root. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const made = {
    symptoms: symptomsPage(),
    remedies: remediesPage(),
    diagnostics: diagnosticsPage(),
    guardrails: guardrailsPage(),
    reasons: reasonsPage(),
    history: historyPage(),
    notice: noticePage(),
    'context-keys': contextKeysPage(),
    command: commandPage(),
  };
  return new Map(Object.entries(made).map(([name, text]) => [`docs/reference/${name}.md`, text]));
}
