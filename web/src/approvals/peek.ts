import { isRecord } from '@app/session-protocol/client';
import type { Approval } from '../api/approval-types.js';

/** What a link is about: the facts of a request, bare or under `approval`, and for whom it acts. */
export function readPeek(body: unknown): { approval: Approval | undefined; person: string | undefined } {
  if (!isRecord(body)) return { approval: undefined, person: undefined };
  const facts = isRecord(body.approval) ? body.approval : body;
  const whom = [body.acts_for, body.user, body.for].find(isRecord);
  const person = [whom?.username, whom?.email, body.email, body.username].find((one) => typeof one === 'string');
  const whole = typeof facts.tool === 'string' && isRecord(facts.server) && typeof facts.status === 'string';
  return { approval: whole ? (facts as unknown as Approval) : undefined, person };
}
