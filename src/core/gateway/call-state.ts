import type { JsonObject, Reply } from '@app/mcp-gateway';
import type { RelayedCall, WantedRelay } from '../execution/relay.js';
import type { HeldState } from './approvals-of-calls.service.js';
import type { ParkedState } from './parked-calls.service.js';
import type { SignInState } from './sign-ins-of-calls.service.js';

/** What travels with a client of the modern era from a question to its answer. */
export type CallState = HeldState | ParkedState | SignInState | AskedState;

/** A server of the modern era asks, and its state with the question; `rule`: by what the call was let through. */
interface AskedState {
  rule: string;
  state?: string;
}

/** Answers may come before the question: then nothing was let through yet. */
export function relayInput(responses: JsonObject, asked: CallState | undefined): Pick<WantedRelay, 'input' | 'rule'> {
  if (asked && 'signIn' in asked) return asked.signIn.goesOn;
  if (!asked || !('rule' in asked)) return { input: { responses } };
  const { rule, state } = asked;
  return { rule, input: { responses, ...(state !== undefined && { state }) } };
}

/** The question of a server of the modern era, for a client of the same: it is handed on, with a state of ours around its own. */
export function askedBy({ outcome, rule }: RelayedCall): Reply | undefined {
  if (outcome.status !== 'answered' || outcome.answer.resultType !== 'input_required') return undefined;
  const { inputRequests, requestState } = outcome.answer.result();
  return {
    kind: 'input_required',
    ...(isObject(inputRequests) && { inputRequests }),
    state: {
      rule: rule ?? 'it goes on',
      ...(typeof requestState === 'string' && { state: requestState }),
    } satisfies AskedState,
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
