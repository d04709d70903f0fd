import {
  CreateOpsItemCommand,
  DescribeOpsItemsCommand,
  OpsItemAlreadyExistsException,
  type OpsItemDataValue,
  type OpsItemSummary,
  SSMClient,
  UpdateOpsItemCommand,
} from '@aws-sdk/client-ssm';
import type { KnownOpsItem, OpsItem } from '../../core/notice/ops-item.ts';
import type { OpsItems } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** The tag by which the function's role may change those of its own pipeline alone. */
const OWN_TAG = 'self-healing';

/** Keys of our own among an OpsItem's data. Those that begin with `aws` or `ssm` are AWS's. */
const ALERT = 'self-healing-alert';
const AT = 'self-healing-at';
const ENDED = 'self-healing-ended';

const SOURCE = 'self-healing';
const OPEN: readonly (string | undefined)[] = ['Open', 'InProgress'];

/** OpsCenter of Systems Manager. Every call can be repeated: of one key only one OpsItem is open. */
export function opsItems(client = new SSMClient({})): OpsItems {
  return {
    async find(key) {
      const found: OpsItemSummary[] = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeOpsItemsCommand({
          OpsItemFilters: [
            { Key: 'OperationalData', Values: [JSON.stringify({ key: ALERT, value: key })], Operator: 'Equal' },
            { Key: 'Source', Values: [SOURCE], Operator: 'Equal' },
          ],
          NextToken,
        });
        const page = await reading('look for the OpsItem', () => client.send(command));
        found.push(...(page.OpsItemSummaries ?? []));
        NextToken = page.NextToken;
      } while (NextToken);
      return found.flatMap((summary) => knownOf(summary, key));
    },

    async open(item) {
      const { title, description, severity, priority, pipeline } = item;
      const command = new CreateOpsItemCommand({
        ...{ Title: title, Description: description, Severity: severity, Priority: priority },
        ...{ Source: SOURCE, Category: 'Availability', OperationalData: dataOf(item) },
        Tags: [{ Key: OWN_TAG, Value: pipeline }],
      });
      try {
        await client.send(command);
        return {};
      } catch (error) {
        if (error instanceof OpsItemAlreadyExistsException && error.OpsItemId !== undefined) return { existing: error.OpsItemId };
        return reading('open the OpsItem', () => Promise.reject(error));
      }
    },

    async renew(OpsItemId, { title, description, severity, priority, at }) {
      const command = new UpdateOpsItemCommand({
        ...{ OpsItemId, Title: title, Description: description, Severity: severity, Priority: priority },
        OperationalData: { [AT]: searchable(at) },
      });
      await reading('renew the OpsItem', () => client.send(command));
    },

    async resolve(OpsItemId, { title, at }) {
      const OperationalData = { [AT]: searchable(at), [ENDED]: searchable(title) };
      const command = new UpdateOpsItemCommand({ OpsItemId, Status: 'Resolved', OperationalData });
      await reading('resolve the OpsItem', () => client.send(command));
    },
  };
}

/** What an OpsItem is deduplicated and found by. */
function dataOf({ key, at, resource }: OpsItem): Record<string, OpsItemDataValue> {
  return {
    '/aws/dedup': searchable(JSON.stringify({ dedupString: key })),
    ...(resource !== undefined && { '/aws/resources': searchable(JSON.stringify([{ arn: resource }])) }),
    [ALERT]: searchable(key),
    [AT]: searchable(at),
  };
}

function searchable(Value: string): OpsItemDataValue {
  return { Value, Type: 'SearchableString' };
}

/** What was found is looked at once more; what has no time of ours is older than any notice. */
function knownOf({ OpsItemId, Status, OperationalData = {} }: OpsItemSummary, key: string): readonly KnownOpsItem[] {
  if (OpsItemId === undefined || OperationalData[ALERT]?.Value !== key) return [];
  return [{ id: OpsItemId, isOpen: OPEN.includes(Status), at: OperationalData[AT]?.Value ?? '' }];
}
