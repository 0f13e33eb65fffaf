import type { DurableFrame } from '@app/session-protocol';
import type { toArtifactView, toSessionView } from './schemas/session-views.js';

/** What a form of export is made of; `events` can be read as often as needed, and is the same each time. */
export interface Exported {
  session: ReturnType<typeof toSessionView>;
  artifacts: ReturnType<typeof toArtifactView>[];
  /** What is left of the log begins here. */
  firstSeq: number;
  exportedAt: string;
  events: () => AsyncIterable<DurableFrame>;
}
