import type { DrillNotes } from '../core/ports.ts';

/**
 * The notes of drills where drills for real are not deployed: whoever may begin drills could otherwise say that what happens to a target
 * teaches nothing.
 */
export function withoutRealDrills<Notes extends Pick<DrillNotes, 'beginDrill' | 'realDrill'>>(notes: Notes): Notes {
  return {
    ...notes,
    beginDrill: async (policy: string, request: Parameters<DrillNotes['beginDrill']>[1], now: number) =>
      request.isReal ? 'drills for real are not deployed: deploy with drills: true' : notes.beginDrill(policy, request, now),
    realDrill: async () => undefined,
  };
}
