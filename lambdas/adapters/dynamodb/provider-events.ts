import type { Instant } from '../../core/duration.ts';
import type { ProviderEvents } from '../../core/ports.ts';
import type { ProviderEvent } from '../../core/provider-event.ts';
import type { IncidentTable } from './incident-table.ts';

const PARTITION = 'provider';

/** Sort before and after every `<service>#<arn>#<page>`. */
const FIRST = '0';
const LAST = '~';

/** Closed events are kept as long, so that a late message of their beginning cannot open them again. */
const KEPT_DAYS = 2;

interface Item {
  readonly event: ProviderEvent;
  readonly heardAt: Instant;
}

/** Events of AWS Health in the incident table: pk `provider`, sk `<service>#<arn>#<page>`. */
export function providerEvents(table: IncidentTable): ProviderEvents {
  return {
    async keep(event, now) {
      const refused = await table.transact([
        {
          kind: 'put',
          item: {
            pk: PARTITION,
            sk: `${event.service}#${event.arn}#${event.page}`,
            event,
            heardAt: now,
            updatedAt: event.updatedAt,
            ttl: Math.floor(now / 1_000) + KEPT_DAYS * 86_400,
          },
          condition: {
            ConditionExpression: 'attribute_not_exists(pk) OR updatedAt <= :updatedAt',
            ExpressionAttributeValues: { ':updatedAt': event.updatedAt },
          },
        },
      ]);
      return refused ? 'outdated' : 'kept';
    },

    async kept() {
      const items = await table.between<Item>(PARTITION, FIRST, LAST);
      return items.map(({ event, heardAt }) => ({ ...event, heardAt }));
    },
  };
}
