import { diagnosisHandler } from './diagnosis-handler.ts';
import { diagnosticPorts } from './diagnostic-ports.ts';
import { environment } from './environment.ts';

/** Reads of the target of a hand-off what AWS and its machine tell. */
export const handler = diagnosisHandler('aws', environment('DOCUMENT_NAME'), diagnosticPorts);
