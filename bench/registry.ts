import { eventToAct } from './event-to-act.ts';
import { functions } from './functions.ts';
import { incident } from './incident.ts';
import type { Part } from './part.ts';
import { policies } from './policies.ts';
import { simulate } from './simulate.ts';
import { storm } from './storm.ts';
import { tests } from './tests.ts';

/** Every part of the bench, in the order in which they run. */
export const parts: readonly Part[] = [eventToAct, incident, functions, policies, storm, simulate, tests];
