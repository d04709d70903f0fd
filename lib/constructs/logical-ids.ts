import { Aspects, CfnElement, CfnResource, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';

/**
 * Gives everything below a construct the logical ids that it would have if the construct stood under this name at the top of its
 * stack. A resource keeps its name and its place in the stack together then, wherever the construct is moved: with the CDK's own
 * ids, which say where it stands, CloudFormation would make everything a second time before it deletes the first, and refuse
 * the names that are still taken. An id that somebody has overridden stays.
 */
export function nameLogicalIds(scope: Construct, name: string, except: IConstruct | undefined = undefined): void {
  const shadow = new Stack(undefined, 'Shadow');
  Aspects.of(scope).add({
    visit(node) {
      if (!CfnElement.isCfnElement(node) || isWithin(node, except) || isOverridden(node)) return;
      const path = node.node.scopes.slice(scope.node.scopes.length).map(({ node: { id } }) => id);
      node.overrideLogicalId(logicalIdAt(shadow, [capitalized(name), ...path]));
    },
  });
}

const isWithin = (node: IConstruct, other: IConstruct | undefined): boolean => other !== undefined && node.node.scopes.includes(other);

function isOverridden(element: CfnElement): boolean {
  const stack = Stack.of(element);
  return stack.resolve(element.logicalId) !== stack.getLogicalId(element);
}

/** The id that the CDK itself gives to what stands at the path. */
function logicalIdAt(shadow: Stack, path: readonly string[]): string {
  const parent = path.slice(0, -1).reduce<Construct>((scope, id) => {
    const found = scope.node.tryFindChild(id);
    return found instanceof Construct ? found : new Construct(scope, id);
  }, shadow);
  const id = path.at(-1) ?? '';
  const found = parent.node.tryFindChild(id);
  // An app may be synthesized more than once, as tests do.
  return shadow.getLogicalId(
    found && CfnElement.isCfnElement(found) ? found : new CfnResource(parent, id, { type: 'Shadow::Of::Resource' }),
  );
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
