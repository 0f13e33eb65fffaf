import type { ClientRequest, JsonObject, Reply } from '@app/mcp-gateway';
import type { RelayedCall } from '../execution/relay.js';
import { type CallPass, type GoesOn, newPass } from './call-passes.service.js';
import type { HeldState } from './approvals-of-calls.service.js';
import type { ParkedState } from './parked-calls.service.js';
import type { SignInState } from './sign-ins-of-calls.service.js';

/** What travels with a client of the modern era from a question to its answer. */
export type CallState = HeldState | ParkedState | SignInState | AskedState;

/** A server of the modern era asks, and its state with the question. */
interface AskedState {
  pass: CallPass;
  state?: string;
}

/** Answers may come before the question. */
export function goesOnWith(input: ClientRequest['input']): GoesOn {
  if (!input) return {};
  const { responses } = input;
  const state = input.state as CallState | undefined;
  if (state && 'signIn' in state) return state.signIn.goesOn;
  if (!state || !('pass' in state)) return { input: { responses } };
  const { pass, state: theirs } = state;
  return { pass, input: { responses, ...(theirs !== undefined && { state: theirs }) } };
}

/** The question of a server of the modern era, for a client of the same: it is handed on, with a state of ours around its own. */
export function askedBy({ outcome, rule }: RelayedCall): Reply | undefined {
  if (outcome.status !== 'answered' || outcome.answer.resultType !== 'input_required') return undefined;
  const { inputRequests, requestState } = outcome.answer.result();
  return {
    kind: 'input_required',
    ...(isObject(inputRequests) && { inputRequests }),
    state: {
      pass: newPass(rule ?? 'it goes on'),
      ...(typeof requestState === 'string' && { state: requestState }),
    } satisfies AskedState,
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
