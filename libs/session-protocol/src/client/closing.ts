import { CLOSE_CODES, type CloseReason } from '../vocabulary.js';

/** What a closed socket means: come back (at once or slowly), come back with a new credential, or stay away. */
export type Verdict = { reason?: CloseReason } & (
  { then: 'retry'; counted: boolean; crowded?: boolean } | { then: 'renew' } | { then: 'stop' }
);

const VERDICTS = {
  restart: { then: 'retry', counted: false },
  sign_in_again: { then: 'renew' },
  no_access: { then: 'stop' },
  no_such_server: { then: 'stop' },
  too_slow: { then: 'retry', counted: true },
  too_many: { then: 'retry', counted: true, crowded: true },
} satisfies Record<CloseReason, Verdict>;

export const verdictOn = (reason: CloseReason): Verdict => ({ ...VERDICTS[reason], reason });

/** @param code of the close frame (RFC 6455, section 7.4), or the `close_code` that socket.io is told */
export function verdictOnCode(code: number): Verdict {
  const known = (Object.keys(CLOSE_CODES) as CloseReason[]).find((reason) => CLOSE_CODES[reason] === code);
  return known === undefined ? { then: 'retry', counted: true } : verdictOn(known);
}
