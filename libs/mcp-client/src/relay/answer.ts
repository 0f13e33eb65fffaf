import type { RawResult } from '../raw-result.js';
import type { RelayedAnswer } from './relay.js';

/** Of a result that was read. */
export function readAnswer(result: RawResult): RelayedAnswer {
  const { isError, resultType } = result;
  return {
    text: JSON.stringify(result),
    isError: isError === true,
    resultType: typeof resultType === 'string' ? resultType : undefined,
    result: () => result,
  };
}
