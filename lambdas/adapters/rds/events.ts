import { DescribeEventsCommand, type RDSClient, type SourceType } from '@aws-sdk/client-rds';
import type { Instant } from '../../core/duration.ts';
import type { DatabaseEvent } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** RDS keeps events for 14 days, and gives no more on one page. */
const PAGE = 100;

/** What RDS wrote down of a database or cluster, the oldest first. One page, which is more than a person reads of a day. */
export async function eventsOf(
  client: RDSClient,
  source: Extract<SourceType, 'db-instance' | 'db-cluster'>,
  id: string,
  since: Instant,
): Promise<readonly DatabaseEvent[]> {
  const command = new DescribeEventsCommand({ SourceType: source, SourceIdentifier: id, StartTime: new Date(since), MaxRecords: PAGE });
  const answer = await reading('describe the events of the database', () => client.send(command));
  return (answer.Events ?? []).map(({ Date: at, Message = '' }) => ({ at: at?.getTime() ?? 0, text: Message }));
}
