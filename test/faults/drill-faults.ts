import type { Fault } from './fault.ts';

const inProperty = { by: 'invariant', file: 'test/property/drills.test.ts' } as const;

/** Drills that do more than walk. */
export const drillFaults: readonly Fault[] = [
  {
    breaks: 'drills: one is in shadow, whatever the mode of its policy',
    file: 'lambdas/core/in-drill.ts',
    find: "mode: 'shadow' };",
    replace: 'mode: policy.mode };',
    noticed: inProperty,
  },
  {
    breaks: 'drills: the mark cannot be left out under the source of drills',
    file: 'lambdas/core/signal.ts',
    find: 'if (isDrill !== isOfDrill(parsed.data.source)) {',
    replace: 'if (isDrill && !isOfDrill(parsed.data.source)) {',
    noticed: inProperty,
  },
  {
    breaks: 'drills: no rung of one is climbed',
    file: 'lambdas/steps/remediate.ts',
    find: '  if (state.incident.drill !== undefined) return drillRung(state.incident, asked, ports, now);\n',
    replace: '',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one is no arrival in a storm',
    file: 'lambdas/core/storm.ts',
    find: 'return isAlone || incident.drill !== undefined ?',
    replace: 'return isAlone ?',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one waits for nothing',
    file: 'lambdas/core/decide.ts',
    find: 'if (incident.drill !== undefined) return { kind:',
    replace: "if (incident.drill === '') return { kind:",
    noticed: inProperty,
  },
  {
    breaks: 'drills: one for real teaches the breaker nothing',
    file: 'lambdas/steps/conclude.ts',
    find: '  if (incident.realDrill !== undefined) return undefined;\n',
    replace: '',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one for real keeps no rung from being tried',
    file: 'lambdas/core/ladder.ts',
    find: '&& drill === undefined)',
    replace: ')',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one for real demotes no policy',
    file: 'lambdas/steps/conclude.ts',
    find: 'const isReal = incident.realDrill === undefined;',
    replace: 'const isReal = true;',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one for real climbs no rung that nothing takes back',
    file: 'lambdas/steps/in-real-drill.ts',
    find: 'if (left.length === 0) return',
    replace: 'if (left.length >= 0) return',
    noticed: inProperty,
  },
  {
    breaks: 'drills: one for real fills to nine tenths at the most',
    file: 'lib/documents/fill-folder.sh',
    find: '  wanted=$((($2 - $3 + $4) * $1 / 100 - ($2 - $3)))\n',
    replace: '  wanted=$(($2 * $1 / 100 - ($2 - $3)))\n',
    noticed: { by: 'invariant', file: 'test/property/filled-share.test.ts' },
  },
  {
    breaks: 'drills: one leaves nothing in the partition of its target',
    file: 'lambdas/adapters/dynamodb/incident-store.ts',
    find: 'return drill === undefined ? writes : [];',
    replace: 'return drill === undefined || writes.length > 0 ? writes : [];',
    noticed: { by: 'contract', file: 'test/contract/incident-store.test.ts' },
  },
];
