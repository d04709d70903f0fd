import { alarms } from './alarms.ts';
import type { Check } from './check.ts';
import { clock } from './clock.ts';
import { cloudwatchAgents } from './cloudwatch-agents.ts';
import { databases } from './databases.ts';
import { deadLetters } from './dead-letters.ts';
import { fleets } from './fleets.ts';
import { heartbeat } from './heartbeat.ts';
import { pause } from './pause.ts';
import { probes } from './probes.ts';
import { quotas } from './quotas.ts';
import { roles } from './roles.ts';
import { rules } from './rules.ts';
import { services } from './services.ts';
import { ssmAgents } from './ssm-agents.ts';
import { subscriptions } from './subscriptions.ts';
import { telemetry } from './telemetry.ts';
import { ways } from './ways.ts';

/** All checks, in the order in which they are told: who hears of it, whether the pipeline lives, what it sees, whom it reaches. */
export const checks: readonly Check[] = [
  ...[subscriptions, ways, pause, heartbeat, deadLetters, rules, alarms, telemetry, fleets],
  ...[roles, ssmAgents, cloudwatchAgents, services, databases, probes, quotas, clock],
];
