import * as z from 'zod';
import type { Duration } from '../../lambdas/core/duration.ts';
import { inTodaysNames } from '../../lambdas/core/former-names.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { readTolerantly } from '../../lambdas/core/tolerant-reader.ts';
import { type WorkflowState, workflowStateSchema } from '../../lambdas/core/workflow-state.ts';
import { diagnosisHandler } from '../../lambdas/handlers/diagnosis-handler.ts';
import { remediateOrGiveBack, triageOrConsider } from '../../lambdas/handlers/former-give-back.ts';
import { type StateReader, type StepLogger, stepHandler } from '../../lambdas/handlers/step-handler.ts';
import { askHandler, conclusionHandler, giveBackReportHandler, legibly } from '../../lambdas/handlers/workflow-functions.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { giveBack } from '../../lambdas/steps/give-back/act.ts';
import { considerGiveBack } from '../../lambdas/steps/give-back/consider.ts';
import { type DeliveryReader, deliverySchema, intake } from '../../lambdas/steps/intake.ts';
import { sweep } from '../../lambdas/steps/sweep.ts';
import type { OnTheWay } from '../../lambdas/steps/tell-on-the-way.ts';
import { verify } from '../../lambdas/steps/verify.ts';
import { drawCallFault } from './call-fault.ts';
import type { Invocation } from './history-of-story.ts';
import { invocationPorts, type Recorder, type Run, requireKnownCalls } from './invocation-ports.ts';
import { type Random, randomFor } from './random.ts';
import type { SimulatedPorts } from './simulated-ports.ts';
import { asText } from './state-machine/as-text.ts';
import { StatesError } from './state-machine/states-error.ts';
import type { Hazards } from './story.ts';
import type { DeployedFunction } from './synthesized-stack.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Handler = (event: unknown) => Promise<unknown>;

/** A second run of the same invocation begins so much later at the most. */
const DOUBLED_WITHIN_MILLISECONDS = 3_000;

/** As the pipeline's own default. */
const STILL_AFTER: Duration = { minutes: 15 };

export const REMEDIATE = 'remediate-';
const GIVE_BACK = 'give-back-';

/** Functions that are no step of an incident. */
const OUTSIDE_OF_WORKFLOWS = ['intake', 'sweep'];

/** What the logs say is said by the record; hundreds of thousands of runs would only fill the terminal. */
const silent: StepLogger = { resetKeys: () => {}, appendKeys: () => {}, info: () => {}, error: () => {} };

/** Policies as functions read them, by what many executions carry alike. */
const readPolicies = new WeakMap<object, Policy>();

/**
 * Reads what carries a policy as the schema says, with one policy for all who were given the same: a hundred thousand at once would fill
 * the memory. A policy that was read before is not read again, since it is most of what there is to read.
 */
function sharing<Read extends { readonly policy: Policy }>(schema: z.ZodType<Read>, besidePolicy: z.ZodType<Read>) {
  return (given: unknown): z.ZodSafeParseResult<Read> => {
    const { policy: carried } = given as { readonly policy: object };
    const known = readPolicies.get(carried);
    if (known)
      return readTolerantly(besidePolicy, { ...(inTodaysNames({ ...(given as Read), policy: undefined }) as Read), policy: known });
    const read = readTolerantly(schema, inTodaysNames(given));
    if (!read.success) return read;
    const policy = asText(read.data.policy) as Policy;
    readPolicies.set(carried, policy);
    return { success: true, data: { ...read.data, policy } };
  };
}

const readBefore = z.custom<Policy>();
const readState = sharing(workflowStateSchema, workflowStateSchema.extend({ policy: readBefore }));

/** As the steps read a state, with shared policies. */
const stateSharing: StateReader = (event) => readState(event).data;

/** As intake reads what a rule sends, with shared policies. */
const deliveriesSharing: DeliveryReader = sharing(deliverySchema, deliverySchema.extend({ policy: readBefore }));

/** As the function that concludes reads a state, with the same policies. */
const legiblySharing: StateReader = (event, now) => stateSharing(event, now) ?? legibly(event, now);

/** The workflow's own time limit is what ends a look here. */
const never = () => new Promise<never>(() => {});

/** What stands between one run of a function and its ports. */
export type BreakPorts = (ports: SimulatedPorts, run: BrokenRun) => SimulatedPorts;

/** One run of a function, whose ports something stands before. */
export interface BrokenRun {
  readonly deployed: DeployedFunction;
  readonly invocation: Invocation;
  readonly clock: VirtualClock;
}

export interface LambdaProps {
  readonly ports: SimulatedPorts;
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly hazards: Hazards;
  /** Stands between a function and what it calls; what reaches the services is recorded behind it. */
  readonly breakPorts: BreakPorts;
  /** Whether people hear of incidents before their end. */
  readonly onTheWay: boolean;
  readonly recorder: Recorder & { invocation(invocation: Invocation): void };
}

/** Runs the handlers of the deployed functions: with their time limit, on clocks that differ, with calls that go wrong. */
export class Lambda {
  readonly #props: LambdaProps;

  constructor(props: LambdaProps) {
    this.#props = props;
    requireKnownCalls(props.ports);
  }

  /** @throws for what the workflow calls and this simulation has no handler for */
  requireHandler(deployed: DeployedFunction | undefined, resource: string): DeployedFunction {
    if (!deployed) throw new Error(`the simulation cannot call ${resource}`);
    handlerOf(deployed, this.#props.ports, () => 0);
    return deployed;
  }

  /** @param name tells this invocation from every other of the story */
  invoke(deployed: DeployedFunction, event: unknown, name: string): Promise<unknown> {
    const random = randomFor(this.#props.seed, name);
    const answer = this.#run(deployed, event, random);
    if (random() >= this.#props.hazards.doubled) return answer;
    const again = this.#props.clock
      .sleep(Math.floor(random() * DOUBLED_WITHIN_MILLISECONDS))
      .then(() => this.#run(deployed, event, randomFor(this.#props.seed, `${name} again`)));
    // Whoever asked hears the second run, and the first is one that nobody hears any more.
    return random() < 0.5 ? this.#unheard(answer, again) : this.#unheard(again, answer);
  }

  #unheard(unheard: Promise<unknown>, heard: Promise<unknown>): Promise<unknown> {
    unheard.catch(() => {});
    return heard;
  }

  #run(deployed: DeployedFunction, event: unknown, random: Random): Promise<unknown> {
    const { clock, ports, hazards, recorder, breakPorts, onTheWay } = this.#props;
    const state = OUTSIDE_OF_WORKFLOWS.includes(deployed.name) ? undefined : (event as WorkflowState);
    const invocation = invocationOf(deployed, state, clock.now);
    recorder.invocation(invocation);
    const offset = Math.round((random() * 2 - 1) * hazards.skew);
    return new Promise((resolve, reject) => {
      const run: Run = {
        invocation,
        target: state?.incident.target,
        callFault: drawCallFault(random, hazards),
        random,
        latency: hazards.latency,
        endsAt: clock.now + deployed.timeoutSeconds * 1_000,
        isOver: false,
        die(error) {
          run.isOver = true;
          reject(new StatesError(error, `${deployed.name} ended`));
        },
      };
      const own = breakPorts(invocationPorts(ports, run, clock, recorder), { deployed, invocation, clock });
      const handler = handlerOf(
        deployed,
        own,
        () => clock.now + offset,
        onTheWay ? { notifier: own.notifier, history: own.history, metrics: own.metrics, stillAfter: STILL_AFTER } : undefined,
      );
      handler(event).then(resolve, reject);
    });
  }
}

function invocationOf({ name }: DeployedFunction, state: WorkflowState | undefined, startedAt: number): Invocation {
  const { incident, next } = state ?? {};
  return {
    function: name,
    startedAt,
    ...(incident && { execution: incident.id, policy: incident.policy }),
    ...(next?.do === 'remediate' && { remedy: next.remedy, rung: next.rung }),
    ...(next?.do === 'give-back' && { remedy: next.remedy, givesBack: next.keeping.rung }),
  };
}

/**
 * The handler of a function, by its name, with other ports and another clock than on AWS.
 *
 * @param told How people hear of incidents before their end. @default - they do not
 */
export function handlerOf({ name, environment }: DeployedFunction, ports: SimulatedPorts, clock: () => number, told?: OnTheWay): Handler {
  const step = (run: Parameters<typeof stepHandler<unknown>>[0]) => stepHandler(run, clock, silent, stateSharing);
  if (name === 'intake') return (delivery) => intake(delivery, ports, clock(), deliveriesSharing);
  if (name === 'sweep') return () => sweep(ports, clock());
  if (name === 'triage') return step((state, now) => triageOrConsider(state, ports, now, told));
  if (name === 'verify') return step((state, now) => verify(state, ports, now, told));
  if (name === 'conclude') return conclusionHandler(ports, clock, silent, legiblySharing);
  if (name === 'diagnose') return diagnosisHandler('aws', String(environment.DOCUMENT_NAME), ports, clock, silent, never);
  if (name === 'diagnose-at-database') return diagnosisHandler('database', 'none', ports, clock, silent, never);
  if (name === 'ask') return askHandler(ports, clock, silent);
  if (name === 'consider-give-back') return step((state, now) => considerGiveBack(state, ports, now));
  if (name === 'report-give-back') return giveBackReportHandler(ports, clock, silent);
  const prefix = [REMEDIATE, GIVE_BACK].find((each) => name.startsWith(each)) ?? name;
  const remediator = remediatorNamed(name.slice(prefix.length));
  if (!remediator) throw new Error(`the simulation does not know the handler of function ${name}`);
  const run = prefix === GIVE_BACK ? giveBack : remediateOrGiveBack;
  return step((state, now) => run(state, remediator, String(environment.DOCUMENT_NAME), ports, now));
}
