import { pauseAdmin } from '../adapters/ssm/pause-switch.ts';
import { keepPauseSwitch, type SwitchRequest } from '../steps/keep-pause-switch.ts';

/** Serves the custom resource of the pause switch, behind the provider framework of the CDK, which answers CloudFormation. */
export const handler = (request: SwitchRequest) => keepPauseSwitch(request, (parameter) => pauseAdmin(parameter), Date.now());
