import type { ServerDescription } from '../backend.js';
import type { MessageId } from '../json/message.js';
import { type Pieces, resultOf } from '../json/pieces.js';
import { META, SUPPORTED_VERSIONS } from '../revisions.js';

export function discoverAnswer(
  id: MessageId,
  { info, capabilities, instructions, ttlMs = 0 }: ServerDescription,
): Pieces {
  const result = {
    resultType: 'complete',
    supportedVersions: SUPPORTED_VERSIONS,
    capabilities,
    instructions,
    ttlMs,
    cacheScope: 'private',
    _meta: { [META.serverInfo]: info },
  };
  return resultOf(id, [JSON.stringify(result)]);
}
