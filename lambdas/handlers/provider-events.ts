import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { providerEvents } from '../adapters/dynamodb/provider-events.ts';
import { type ProviderEventPorts, recordProviderEvent } from '../steps/record-provider-event.ts';
import { environment } from './environment.ts';

const ports: ProviderEventPorts = {
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'provider-events'),
  providerEvents: providerEvents(incidentTable(environment('INCIDENT_TABLE'))),
};

/** Target of the rule for events of AWS Health. */
export const handler = (event: unknown): Promise<void> => recordProviderEvent(event, ports, Date.now());
