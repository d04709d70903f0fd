import { opsItems } from '../adapters/ssm/ops-items.ts';
import { originOf } from '../core/notice/origin.ts';
import { keepOpsItem } from '../steps/keep-ops-item.ts';
import { environment } from './environment.ts';

const ports = opsItems();
const origin = originOf(environment('PIPELINE'), environment('TOPIC_ARN'));

/** Target of the rules for notices that open or close an alert. */
export const handler = (event: unknown): Promise<void> => keepOpsItem(event, ports, origin);
