import type { Guardrail } from './guardrail.ts';

/** A fleet that has more members than anybody expects was selected by mistake, as by a tag on everything. */
export const fleetSize: Guardrail = ({ policy, snapshot: { facts } }) => {
  const { largestFleet } = policy.guardrails;
  if (largestFleet === undefined || facts.groupSize <= largestFleet) return undefined;
  const why = `the fleet has ${facts.groupSize} members; at most ${largestFleet} are expected`;
  return { kind: 'end', reason: 'fleet-too-large', why };
};
