import type { Message } from '../report.ts';

export interface Notifier {
  publish(message: Message): Promise<void>;
}
