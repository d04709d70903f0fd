import { randomBytes } from 'node:crypto';
import type { Parameters, ResourceIdentity, SuppliedResource } from '../../gateway/service.ts';
import { AwsError } from '../../gateway/service.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * `AWS::SSM::Document`. With `UpdateMethod: NewVersion` a changed document keeps its name and the new version becomes the default;
 * otherwise CloudFormation replaces the document, which it refuses for one with a name of its own.
 */
export function documentResource(documents: DocumentStore): SuppliedResource {
  const create = (name: string, properties: Parameters) => {
    documents.create(name, String(properties.DocumentType ?? 'Command'), contentOf(properties), new Date());
    return { physicalId: name, attributes: {} };
  };
  return {
    async create(properties, identity) {
      return create(nameOf(properties) ?? generatedName(identity), properties);
    },
    async update(physicalId, properties, identity) {
      const name = nameOf(properties);
      const sameName = name === undefined || name === physicalId;
      if (sameName && isUnchanged(documents, physicalId, properties)) return { physicalId, attributes: {} };
      if (sameName && properties.UpdateMethod === 'NewVersion') {
        const document = documents.addVersion(physicalId, contentOf(properties), new Date());
        documents.setDefaultVersion(physicalId, String(document.versions.length));
        return { physicalId, attributes: {} };
      }
      if (name === physicalId) {
        throw new AwsError('ValidationError', `CloudFormation cannot update ${name} when a custom-named resource requires replacing.`);
      }
      return create(name ?? generatedName(identity), properties);
    },
    async delete(physicalId) {
      documents.delete(physicalId);
    },
  };
}

function nameOf(properties: Parameters): string | undefined {
  return typeof properties.Name === 'string' ? properties.Name : undefined;
}

/** Templates may give the content as an object or as JSON text. */
function contentOf(properties: Parameters): string {
  return typeof properties.Content === 'string' ? properties.Content : JSON.stringify(properties.Content);
}

function isUnchanged(documents: DocumentStore, name: string, properties: Parameters): boolean {
  return documents.find(name)?.versions.at(-1)?.content === contentOf(properties);
}

/** As CloudFormation names what the template does not: stack, logical id and twelve random characters. */
function generatedName({ stackName, logicalId }: ResourceIdentity): string {
  return `${stackName}-${logicalId}-${randomBytes(6).toString('hex').toUpperCase()}`;
}
