import { Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';

export interface WideStackProps extends StackProps {
  /** How many policies the pipeline has. @default - 60 */
  readonly policies?: number;
  /** @default true */
  readonly spread?: boolean;
  /** Protections that are left out, by their number, as if they had been removed. @default - none */
  readonly without?: readonly number[];
}

/** A policy of one machine carries the groups that the machine may be in, and has room for fewer than forty. */
const MOST_FLEETS = 30;

/** Of every five protections one is a fleet and two are databases, then every second one is a database; the others are alarms of one's own. */
function kindOf(number: number): 'fleet' | 'database' | 'alarm' {
  if (number >= 5 * MOST_FLEETS) return number % 2 === 0 ? 'database' : 'alarm';
  return (['fleet', 'database', 'database', 'alarm', 'alarm'] as const)[number % 5] ?? 'alarm';
}

const policiesOf = { fleet: 2, database: 3, alarm: 1 } as const;

/** One pipeline for a whole account, in which protections are made by loops. */
export class WideStack extends Stack {
  constructor(scope: Construct, id: string, { policies = 60, spread = true, without = [], ...props }: WideStackProps = {}) {
    super(scope, id, props);

    const healing = new HealingPipeline(this, 'Healing', { notify: { emails: ['oncall@example.com'] }, spread });
    let made = 0;
    for (let number = 0; made < policies; number += 1) {
      const kind = made + policiesOf[kindOf(number)] > policies ? 'alarm' : kindOf(number);
      made += policiesOf[kind];
      if (!without.includes(number)) this.#protect(healing, kind, number);
    }
  }

  #protect(healing: HealingPipeline, kind: ReturnType<typeof kindOf>, number: number): void {
    if (kind === 'fleet') {
      const service = `web-${number}`;
      healing.protectFleet(`Web${number}`, { fleet: Fleet.tagged('Team', `team-${number}`), service, memory: {}, disk: {} });
    } else if (kind === 'database') {
      healing.protectDatabase(`Orders${number}`, {
        database: Database.instance(`orders-${number}`),
        cpu: { ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
        connections: { above: 400, ladder: [Remedy.waitAndSee(), Remedy.rebootDatabase()] },
        storage: { belowGibibytes: 10, ladder: [Remedy.growStorage({ ceilingGibibytes: 500 })] },
      });
    } else {
      healing.heal(`Queue${number}`, {
        alarm: Alarm.fromAlarmName(this, `TooOld${number}`, `queue-${number}-too-old`),
        target: Target.instance(`i-0${String(number).padStart(16, '0')}`),
        ladder: [Remedy.restartService(`worker-${number}`), Remedy.restartInstance()],
      });
    }
  }
}
