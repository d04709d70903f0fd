import { Aws, Token } from 'aws-cdk-lib';
import { CfnEventBusPolicy, EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  DRILL_REQUEST_TYPE,
  HUB_SOURCE,
  LINKS_BEGINNING,
  linkBusName,
  PAUSE_TYPE,
  reportSource,
} from '../../lambdas/core/hub/hub-names.ts';
import { noticeSource } from '../../lambdas/core/notice/event.ts';
import { knownOf, type NamesOf } from '../known-names.ts';
import { PolicyError, refuseNoSwitch } from '../policy-error.ts';
import { refuseOtherPartition } from '../same-place.ts';
import { acknowledgeHubRule } from './security-acknowledgements.ts';

/** The hub that sees the pipeline and may pause it. */
export interface HubProps {
  /**
   * ARN of the bus of a `HealingHub`, of any account and Region. Its account may pause the pipeline and end its own pause, with `drills`
   * ask for drills, and nothing else: it can neither act here nor end a pause that was set here. Must be known at synth, since it is
   * written who may send. Prevents that a bad release is repaired against in a hundred accounts, each of which must be paused by hand.
   */
  readonly busArn: string;
  /**
   * Whether people at the hub may ask for a drill in shadow, by `drill --all`: which policy, and nothing else. The pipeline chooses the
   * target among its own, holds one an hour at the most, and nothing is done; its notices begin with `DRILL`. Prevents that nobody
   * knows whether the way is still whole in each of a hundred accounts.
   * @default false
   */
  readonly drills?: boolean;
}

const hubNames: NamesOf<HubProps> = { busArn: true, drills: true };

interface HubLinkProps extends HubProps {
  readonly pipeline: string;
}

export const onlyPauses = only(PAUSE_TYPE);
export const onlyDrillRequests = only(DRILL_REQUEST_TYPE);
const pausesAndDrillRequests = only([PAUSE_TYPE, DRILL_REQUEST_TYPE]);

/** Both are lists in IAM, since one request has many events; a list that is empty would have no member that is wrong. */
function only(types: string | readonly string[]) {
  return {
    'ForAllValues:StringEquals': { 'events:source': HUB_SOURCE, 'events:detail-type': types },
    Null: { 'events:source': 'false', 'events:detail-type': 'false' },
  };
}

/** The buses at which pipelines of an account listen to their hub: their Regions are known when they report, and their names begin alike. */
export function linksIn(account: string): string {
  return `arn:${Aws.PARTITION}:events:*:${account}:event-bus/${LINKS_BEGINNING}*`;
}

const BUS_ARN = /^arn:aws[a-z-]*:events:[a-z0-9-]+:(\d{12}):event-bus\/[\w.-]+$/;

/**
 * What stands between a pipeline and its hub. The hub has no role here: its account may put events on this bus, of one kind or with
 * `drills` of two, by which a function of the pipeline's own sets the hub's pause or holds a drill. What the pipeline tells goes out by
 * rules, whose role may reach the hub's bus alone.
 */
export class HubLink extends Construct {
  readonly bus: EventBus;
  readonly hubBusArn: string;
  readonly #pipeline: string;
  /** The account of the hub. */
  readonly hubAccount: string;
  /** Whether the hub may ask for drills. */
  readonly drills: boolean;
  readonly #forwarder: Role;

  /** @throws PolicyError for what is no ARN of a bus, or a property that is not known */
  constructor(scope: Construct, id: string, { pipeline, ...given }: HubLinkProps) {
    super(scope, id);
    const { busArn, drills = false } = knownOf(given, hubNames, 'hub');
    refuseNoSwitch(drills, 'hub', 'drills');
    const [, account] = Token.isUnresolved(busArn) ? [] : (BUS_ARN.exec(busArn) ?? []);
    if (account === undefined)
      throw new PolicyError('hub', [`busArn: must be the ARN of an event bus that is known at synth, and not ${busArn}`]);
    refuseOtherPartition(this, 'hub', busArn);
    this.hubBusArn = busArn;
    this.#pipeline = pipeline;
    this.hubAccount = account;
    this.drills = drills;
    this.bus = new EventBus(this, 'Bus', { eventBusName: linkBusName(pipeline), description: 'What the hub sends, and what it is told' });
    this.#admitHub();
    this.#forwarder = new Role(this, 'Forwarder', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: `Of the rules that tell the hub of ${pipeline}; it may do nothing else`,
    });
    this.#forwarder.addToPrincipalPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [busArn] }));
    this.#forward('Reports', this.bus, reportSource(pipeline));
  }

  /** Sends the notices that are put on a bus to the hub, too. */
  forwardNotices(bus: IEventBus | undefined): void {
    if (bus) this.#forward('Notices', bus, noticeSource(this.#pipeline));
  }

  #admitHub(): void {
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: this.bus.eventBusName,
      statementId: 'PauseOfTheHub',
      statement: {
        Sid: 'PauseOfTheHub',
        Effect: 'Allow',
        Principal: { AWS: `arn:${Aws.PARTITION}:iam::${this.hubAccount}:root` },
        Action: 'events:PutEvents',
        Resource: this.bus.eventBusArn,
        Condition: this.drills ? pausesAndDrillRequests : onlyPauses,
      },
    });
  }

  #forward(id: string, eventBus: IEventBus, source: string): void {
    const rule = new Rule(this, id, {
      eventBus,
      description: `${id} of ${this.#pipeline} for its hub`,
      eventPattern: { source: [source] },
    });
    const role = this.#forwarder;
    rule.addTarget({ bind: () => ({ arn: this.hubBusArn, role }) });
    acknowledgeHubRule(rule);
  }
}
