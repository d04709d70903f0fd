import { AwsError, type Parameters, type Service } from '../gateway/service.ts';

interface OpsItem {
  readonly OpsItemId: string;
  readonly Status: string;
  readonly Source: string;
  readonly Title: string;
  readonly OperationalData: Readonly<Record<string, { readonly Value?: string }>>;
}

/** OpsItems as they stand; whoever plays may change their status. */
export type OpsItems = Map<string, OpsItem>;

const OPEN = ['Open', 'InProgress'];

/** OpsCenter with what is kept in the map. */
export function createOpsItems(items: OpsItems): Service {
  return {
    service: 'ssm',
    note: 'OpsItems are found at once and by equal values alone; on AWS the list may lag behind, and more filters are known.',
    actions: {
      CreateOpsItem: async ({ Title, Source, OperationalData = {} }) => {
        const data = OperationalData as OpsItem['OperationalData'];
        const dedup = data['/aws/dedup']?.Value;
        const same = [...items.values()].find((item) => OPEN.includes(item.Status) && item.OperationalData['/aws/dedup']?.Value === dedup);
        if (dedup !== undefined && same)
          throw new AwsError('OpsItemAlreadyExistsException', `The OpsItem ${same.OpsItemId} already exists.`);
        const OpsItemId = `oi-${String(items.size + 1).padStart(12, '0')}`;
        items.set(OpsItemId, { OpsItemId, Status: 'Open', Source: String(Source), Title: String(Title), OperationalData: data });
        return { OpsItemId };
      },

      UpdateOpsItem: async ({ OpsItemId, OperationalData = {}, ...changed }) => {
        const item = items.get(String(OpsItemId));
        if (!item) throw new AwsError('OpsItemNotFoundException', `The OpsItem ${String(OpsItemId)} does not exist.`);
        const given = Object.fromEntries(Object.entries(changed).filter(([name]) => name === 'Status' || name === 'Title'));
        items.set(item.OpsItemId, { ...item, ...given, OperationalData: { ...item.OperationalData, ...(OperationalData as object) } });
        return {};
      },

      DescribeOpsItems: async ({ OpsItemFilters = [] }) => ({
        OpsItemSummaries: [...items.values()].filter((item) =>
          (OpsItemFilters as readonly Parameters[]).every((filter) => fits(item, filter)),
        ),
      }),
    },
  };
}

function fits({ Source, OperationalData }: OpsItem, { Key, Values }: Parameters): boolean {
  const values = Values as readonly string[];
  if (Key === 'Source') return values.includes(Source);
  if (Key !== 'OperationalData') throw new AwsError('OpsItemInvalidParameterException', `The filter ${String(Key)} is not known here.`);
  return values.some((text) => {
    const { key, value } = JSON.parse(text) as { readonly key: string; readonly value: string };
    return OperationalData[key]?.Value === value;
  });
}
