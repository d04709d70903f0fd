/** Names that the bench and its stack share. */
export const measured = {
  pipeline: 'bench',
  policy: 'Fleet-service-down',
  service: 'web',
  tag: { key: 'Bench', value: 'yes' },
  /** The floor: a bare rule, one function, one command. */
  floor: { source: 'bench.floor', function: 'floor', document: 'floor-noop' },
} as const;

/** Functions of the pipeline between the event and the act. */
export const BEFORE_THE_ACT = ['intake', 'triage', 'remediate-restart-service'].map((name) => `${measured.pipeline}-${name}`);
