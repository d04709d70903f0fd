import type { Construct } from 'constructs';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Remediator } from '../../lambdas/remediators/remediator.ts';
import { grantChangeConditions } from './change-condition-access.ts';
import type { HealingFunction } from './healing-function.ts';
import type { HealingWorkflow } from './healing-workflow.ts';
import { grantLastLook, grantRecords, type PipelineRecords } from './pipeline-records.ts';
import { RemediatorFunction } from './remediator-function.ts';
import { askingStep } from './workflow-steps.ts';

/** The steps that give back what remedies added. They are made when a ladder uses the first remedy that gives anything back. */
export class GiveBackSteps {
  readonly #scope: Construct;
  readonly #records: PipelineRecords;
  readonly #workflow: HealingWorkflow;
  readonly #acting = new Map<string, RemediatorFunction>();
  #considering: HealingFunction | undefined;

  constructor(scope: Construct, records: PipelineRecords, workflow: HealingWorkflow) {
    this.#scope = scope;
    this.#records = records;
    this.#workflow = workflow;
  }

  /** Lets what a remedy adds for a policy be given back, on the targets of the policy and on no others. */
  admit(remediator: Remediator, policy: Policy): void {
    if (!remediator.giveBack) return;
    const consider = this.#consider();
    grantChangeConditions(consider.rights, policy.guardrails);
    this.#actOf(remediator, consider).grantTargets(policy);
  }

  #consider(): HealingFunction {
    this.#considering ??= askingStep(
      this.#scope,
      this.#records,
      'consider-give-back',
      'Decides whether what a remedy added may be given back',
    );
    return this.#considering;
  }

  #actOf(remediator: Remediator, consider: HealingFunction): RemediatorFunction {
    const known = this.#acting.get(remediator.name);
    if (known) return known;
    const { pipeline, environment, databases } = this.#records;
    const id = `GiveBack-${remediator.name}`;
    const made = new RemediatorFunction(this.#scope, id, { pipeline, remediator, step: 'give-back', environment, databases });
    grantRecords(this.#records, made.healing, 'step');
    grantLastLook(this.#records, made.healing);
    this.#workflow.addGiveBack(remediator.name, { consider: consider.function, act: made.healing.function });
    this.#acting.set(remediator.name, made);
    return made;
  }
}
