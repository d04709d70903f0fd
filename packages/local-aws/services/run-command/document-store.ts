import { createHash } from 'node:crypto';
import { AwsError } from '../../gateway/service.ts';
import { type CommandDocument, type ParameterValues, parseCommandDocument } from './command-document.ts';

export interface DocumentVersion {
  readonly version: number;
  readonly content: string;
  readonly createdAt: Date;
}

export interface StoredDocument {
  readonly name: string;
  readonly type: string;
  readonly versions: readonly DocumentVersion[];
  readonly defaultVersion: number;
}

/** Documents by name with all their versions. */
export class DocumentStore {
  readonly #documents = new Map<string, StoredDocument>();

  create(name: string, type: string, content: string, now: Date): StoredDocument {
    if (this.#documents.has(name)) throw new AwsError('DocumentAlreadyExists', `Document with name ${name} already exists.`);
    checkContent(type, content);
    const document: StoredDocument = { name, type, versions: [{ version: 1, content, createdAt: now }], defaultVersion: 1 };
    this.#documents.set(name, document);
    return document;
  }

  /** Adds a version; the default version stays what it was, as on AWS. */
  addVersion(name: string, content: string, now: Date): StoredDocument {
    const before = this.get(name);
    checkContent(before.type, content);
    if (before.versions.some((version) => version.content === content)) {
      throw new AwsError('DuplicateDocumentContent', `The content of the document ${name} is the same as that of another version.`);
    }
    const added = { version: latestOf(before).version + 1, content, createdAt: now };
    const document = { ...before, versions: [...before.versions, added] };
    this.#documents.set(name, document);
    return document;
  }

  setDefaultVersion(name: string, version: string): StoredDocument {
    const document = { ...this.get(name), defaultVersion: this.version(name, version).version };
    this.#documents.set(name, document);
    return document;
  }

  find(nameOrArn: string): StoredDocument | undefined {
    return this.#documents.get(nameOf(nameOrArn));
  }

  get(nameOrArn: string): StoredDocument {
    const document = this.find(nameOrArn);
    if (document === undefined) throw new AwsError('InvalidDocument', `Document with name ${nameOf(nameOrArn)} does not exist.`);
    return document;
  }

  version(nameOrArn: string, wanted = '$DEFAULT'): DocumentVersion {
    const document = this.get(nameOrArn);
    const number = wanted === '$DEFAULT' ? document.defaultVersion : wanted === '$LATEST' ? latestOf(document).version : Number(wanted);
    const version = document.versions.find((candidate) => candidate.version === number);
    if (version === undefined)
      throw new AwsError('InvalidDocumentVersion', `Document version ${wanted} does not exist for ${document.name}.`);
    return version;
  }

  delete(nameOrArn: string): void {
    this.#documents.delete(nameOf(nameOrArn));
  }
}

export function latestOf(document: StoredDocument): DocumentVersion {
  const latest = document.versions.at(-1);
  if (latest === undefined) throw new Error(`document ${document.name} has no version`);
  return latest;
}

export function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The parsed content of a version that can be sent; other types of documents exist but are not commands. */
export function commandOf(document: StoredDocument, version: DocumentVersion): CommandDocument {
  if (document.type !== 'Command') throw new AwsError('InvalidDocument', `Document ${document.name} is not a Command document.`);
  return parseCommandDocument(version.content);
}

/** An ARN ends in `document/` and the name. */
function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : nameOrArn;
}

/** What Systems Manager takes of a document, together with the parameters of a command. */
const LARGEST_BYTES = 64 * 1_024;

/** Refuses content that is too large by itself, or together with parameters as a request has them. */
export function checkSize(content: string, parameters?: ParameterValues): void {
  const bytes = Buffer.byteLength(content) + (parameters ? Buffer.byteLength(JSON.stringify(parameters)) : 0);
  if (bytes > LARGEST_BYTES) throw new AwsError('MaxDocumentSizeExceeded', 'The size limit of a document is 64 KB.');
}

function checkContent(type: string, content: string): void {
  checkSize(content);
  if (type === 'Command') parseCommandDocument(content);
}
