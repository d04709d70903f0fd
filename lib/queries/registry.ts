import { incidentQueries } from './incidents.ts';
import { refusalQueries } from './refusals.ts';
import { remedyQueries } from './remedies.ts';
import { asSaved } from './saved-query.ts';
import { timeQueries } from './times.ts';

/** Every saved query, in the order of the dashboard. */
export const savedQueries = [...incidentQueries, ...timeQueries, ...remedyQueries, ...refusalQueries].map(asSaved);
