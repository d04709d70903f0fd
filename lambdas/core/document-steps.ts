/** The steps of a remedy's Command document, by platform; the one of the other platform is skipped by the agent. */
export const documentSteps = { linux: 'remedy', windows: 'remedyOnWindows' } as const;
