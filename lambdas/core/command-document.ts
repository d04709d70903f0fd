/** The steps of a remedy's Command document, by platform; the one of the other platform is skipped by the agent. */
export const documentSteps = { linux: 'remedy', windows: 'remedyOnWindows' } as const;

/**
 * Time in which the agent must fetch a command, else it does not run at all; the least that Systems Manager accepts, since the agent was
 * seen online just before.
 */
export const COMMAND_DELIVERY_SECONDS = 30;
