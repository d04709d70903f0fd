import type { Construct } from 'constructs';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Diagnostic, DiagnosticPermission } from '../../lambdas/diagnostics/diagnostic.ts';
import { diagnosticsAt } from '../../lambdas/diagnostics/registry.ts';
import type { DatabaseAccess } from '../database-access.ts';
import { CommandDocument, documentArn } from './command-document.ts';
import { DatabaseNetwork } from './database-network.ts';
import { ReachedDatabases } from './database-reach.ts';
import { HealingFunction } from './healing-function.ts';
import type { HealingWorkflow } from './healing-workflow.ts';
import { grantLastLook, type PipelineRecords } from './pipeline-records.ts';
import { inStack } from './target-rights.ts';

/** The script of the diagnostic that looks on the machine, and the end of its document's name. */
const SCRIPT = 'diagnose';

/** The function that reads at databases, and where it stands. */
interface AtDatabase {
  readonly healing: HealingFunction;
  readonly network: DatabaseNetwork;
}

/**
 * The steps that read what a hand-off tells. Each diagnostic is permitted when the first policy comes that it applies to; the function at the
 * databases is made for the first one with a login.
 */
export class DiagnosisSteps {
  readonly healing: HealingFunction;
  readonly #scope: Construct;
  readonly #records: PipelineRecords;
  readonly #documentName: string;
  readonly #permitted = new Set<string>();
  readonly #databases: ReachedDatabases;
  #atDatabase: AtDatabase | undefined;
  #hasDocument = false;

  constructor(scope: Construct, records: PipelineRecords) {
    this.#scope = scope;
    this.#records = records;
    this.#databases = new ReachedDatabases(records.databases);
    const { pipeline, environment, incidents } = records;
    this.#documentName = `${pipeline}-${SCRIPT}`;
    this.healing = new HealingFunction(scope, 'diagnose', {
      functionName: `${pipeline}-diagnose`,
      description: 'Reads what a hand-off tells of its target; changes nothing',
      handler: 'diagnose',
      environment: { ...environment, DOCUMENT_NAME: this.#documentName },
    });
    grantLastLook(records, this.healing);
    incidents.grantReadModes(this.healing.role);
  }

  /** Lets be read what incidents of the policy can want to be told, on its targets and on no others. */
  admit(policy: Policy, access: DatabaseAccess | undefined, workflow: HealingWorkflow): void {
    for (const diagnostic of diagnosticsAt('aws').filter((each) => each.appliesTo(policy))) this.#permit(diagnostic, policy);
    if (access && diagnosticsAt('database').some((each) => each.appliesTo(policy))) this.#enter(policy, access, workflow);
  }

  #permit(diagnostic: Diagnostic, policy: Policy): void {
    const { name, document, permissions } = diagnostic;
    if (document && !this.#hasDocument) {
      this.#hasDocument = true;
      new CommandDocument(this.#scope, 'DiagnoseCommand', { documentName: this.#documentName, script: SCRIPT, description: document });
    }
    for (const permission of permissions) this.#allow(permission, policy, name);
  }

  #allow(permission: DiagnosticPermission, policy: Policy, name: string): void {
    const { actions } = permission;
    if (permission.on === 'targets') this.healing.rights.onTargets(policy, actions, name);
    else if (permission.on === 'named') this.healing.rights.on({ resources: permission.resources(policy).map(inStack) }, actions);
    else if (permission.on === 'document') this.healing.rights.on({ resources: [documentArn(this.#documentName)] }, actions);
    else if (permission.on === 'any') {
      this.healing.allowUnscoped(actions.filter((action) => !this.#permitted.has(action)));
      for (const action of actions) this.#permitted.add(action);
    }
  }

  /** Its one function stands in one VPC, and in few groups: databases that it has no place beside are told of without their sessions. */
  #enter({ targets }: Policy, access: DatabaseAccess, workflow: HealingWorkflow): void {
    this.#atDatabase ??= this.#madeAtDatabase(access, workflow);
    const { healing, network } = this.#atDatabase;
    if (targets.kind === 'fixed' && network.isIn(access) && network.hasRoom(access))
      this.#databases.reach(healing, network, targets.target, access);
  }

  #madeAtDatabase(access: DatabaseAccess, workflow: HealingWorkflow): AtDatabase {
    const { pipeline, environment, incidents } = this.#records;
    const handler = 'diagnose-at-database';
    const network = new DatabaseNetwork(this.#scope, access, 'DiagnosisSecurityGroup');
    const healing = new HealingFunction(this.#scope, handler, {
      functionName: `${pipeline}-${handler}`,
      description: 'Reads what a hand-off tells of the sessions of a database; changes nothing',
      handler,
      environment: { ...environment, DATABASE_CONNECTIONS: this.#databases.variable(this.#scope) },
      options: network.options,
    });
    grantLastLook(this.#records, healing);
    incidents.grantReadModes(healing.role);
    workflow.addDiagnosisAtDatabase(healing.function);
    return { healing, network };
  }
}
