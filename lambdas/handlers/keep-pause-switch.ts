import { pauseDesk } from '../adapters/pause-desk.ts';
import { keepPauseSwitch, type ResourceRequest } from '../steps/keep-pause-switch.ts';

/** Serves the custom resource of the pause switch. */
export const handler = (request: ResourceRequest): Promise<void> => keepPauseSwitch(request, (parameter) => pauseDesk(parameter));
