import type { Permission } from './remediator.ts';

/**
 * What a start of a runbook needs. AWS asks about the document and about the execution that comes to be, whose id nobody
 * knows before; the definition, by which older policies grant it, is asked about only where it is named.
 */
export function startRunbook(documentOf: (params: never) => string): readonly Permission[] {
  return [
    {
      actions: ['ssm:StartAutomationExecution'],
      on: 'named',
      resources: (params: never) => {
        const document = documentOf(params);
        const owned = `arn:{partition}:ssm:{region}:${ownerOf(document)}`;
        return [`${owned}:document/${document}`, `${owned}:automation-definition/${document}:*`];
      },
      reason: 'Every version of the one document that the policy names.',
    },
    {
      actions: ['ssm:StartAutomationExecution'],
      on: 'named',
      resources: () => ['arn:{partition}:ssm:{region}:{account}:automation-execution/*'],
      reason: 'The execution gets its id by its start; which document it runs is bounded beside it.',
    },
  ];
}

/** AWS's own documents belong to no account. */
export function ownerOf(document: string): string {
  return document.startsWith('AWS') ? '' : '{account}';
}
