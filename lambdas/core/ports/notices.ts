import type { Notice } from '../notice/notice.ts';
import type { Origin } from '../notice/origin.ts';

/** Makes a notice of a pipeline that only its functions' environment knows. */
export type Compose = (origin: Origin) => Notice;

/** Everything that people and tools are told goes this way. */
export interface Notifier {
  /** Resolves when people were told; that a tool beside them could not be told is written down, and is no failure. */
  publish(compose: Compose): Promise<void>;
}

/** One way by which a notice goes out. */
export interface NoticeWay {
  /** As history and messages name it. */
  readonly name: string;
  send(notice: Notice): Promise<void>;
}
