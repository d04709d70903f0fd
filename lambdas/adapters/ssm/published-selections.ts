import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Instant } from '../../core/duration.ts';
import type { Pipelines } from '../../core/ports.ts';
import { type PublishedSelections, parseSelections, SELECTIONS_PATH } from '../../core/published-selections.ts';
import { reading } from '../aws-call.ts';

/** What is protected changes by deployments. */
const KEPT_MILLISECONDS = 60_000;

/** What the pipelines of this account and Region say that they protect; read at most once a minute by each running function. */
export function publishedSelections(own: string, client = new SSMClient({}), clock: () => Instant = Date.now): Pipelines {
  let known: { readonly at: Instant; readonly published: readonly PublishedSelections[] } | undefined;
  return {
    async published() {
      const now = clock();
      if (!known || now - known.at >= KEPT_MILLISECONDS) known = { at: now, published: await readAll(client) };
      return { own, published: known.published };
    },
  };
}

async function readAll(client: SSMClient): Promise<readonly PublishedSelections[]> {
  const found: PublishedSelections[] = [];
  let NextToken: string | undefined;
  do {
    const command = new GetParametersByPathCommand({ Path: SELECTIONS_PATH, Recursive: true, NextToken });
    const page = await reading('read what the pipelines protect', () => client.send(command));
    found.push(...(page.Parameters ?? []).flatMap(({ Name = '', Value = '' }) => parseSelections(Name, Value) ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return found;
}
