import { BlockedReason, FinishReason } from '@google/genai';
import { ModelFailure, type MODEL_FAILURES } from '../../../core/agent/language-model.port.js';
import { type FunctionNames } from './function-names.js';
import { ProviderRefusal, UnreadableReply } from './guarded-fetch.js';
import { shorten, showInvisible } from './visible-text.js';

type Code = (typeof MODEL_FAILURES)[number];

const WORDS = {
  rejected: 'Gemini did not accept the API key. Check GEMINI_API_KEY and that the key may use this API.',
  busy: 'Gemini is overloaded or out of service at the moment. Your message is kept; try again shortly.',
  unreachable: 'Gemini could not be reached. Check the network and the configured address, then try again.',
  cut: 'The connection to Gemini broke in the middle of the answer. What came through is shown; try again.',
  unreadable: 'Gemini sent an answer that could not be read. Try again.',
  late: 'Gemini took too long to answer. Your message is kept; try again.',
  tooLong: 'This conversation is too long for the model. Open a new session, or choose a model with more context.',
} as const;

const fail = (code: Code, message: string, retryable: boolean, cause?: unknown): ModelFailure =>
  new ModelFailure(code, message, retryable, cause === undefined ? undefined : { cause });

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;

function badRequest(refusal: ProviderRefusal, names: FunctionNames): ModelFailure {
  const { detail } = refusal;
  if (/api.?key/i.test(detail)) return fail('MODEL_KEY_REJECTED', WORDS.rejected, false, refusal);
  if (/token count|too (?:long|large)|exceeds the maximum number of tokens/i.test(detail))
    return fail('MODEL_REFUSED', WORDS.tooLong, false, refusal);

  const index = /function_?declarations\[(\d+)\]/i.exec(detail)?.[1];
  const [, tool] = (index !== undefined && names.entries()[Number(index)]) || [];
  if (tool) {
    const name = `“${showInvisible(tool.name)}” of ${showInvisible(tool.serverName)}`;
    const message = `Gemini does not accept the definition of the tool ${name}. Its input schema uses something this model cannot read.`;
    return fail('MODEL_REFUSED', `${message} (${shorten(showInvisible(detail), 200)})`, false, refusal);
  }
  const reason = shorten(showInvisible(detail), 200);
  return fail('MODEL_REFUSED', `Gemini refused the request as invalid: ${reason}`, false, refusal);
}

function fromRefusal(refusal: ProviderRefusal, model: string, names: FunctionNames): ModelFailure {
  const { status, retryAfterMs } = refusal;
  if (status === 429) {
    const when = retryAfterMs === undefined ? 'Try again in a while.' : `Try again in ${seconds(retryAfterMs)}.`;
    return fail(
      'MODEL_RATE_LIMITED',
      `Gemini's limit of requests or tokens for this key is reached. ${when}`,
      true,
      refusal,
    );
  }
  if (status === 401 || status === 403) return fail('MODEL_KEY_REJECTED', WORDS.rejected, false, refusal);
  if (status === 404)
    return fail('MODEL_UNAVAILABLE', `Gemini has no model “${model}” for this key. Check LLM_MODEL.`, false, refusal);
  if (status === 408 || status === 504) return fail('MODEL_TIMEOUT', WORDS.late, true, refusal);
  if (status >= 500) return fail('MODEL_UNAVAILABLE', WORDS.busy, true, refusal);
  return badRequest(refusal, names);
}

/** The error and its causes; the SDK wraps what it does not know. */
function* chain(error: unknown): Generator<unknown> {
  for (let next = error, depth = 0; next !== undefined && next !== null && depth < 5; depth++) {
    yield next;
    next = typeof next === 'object' && 'cause' in next ? next.cause : undefined;
  }
}

const isNamed = (error: unknown, name: string): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === name;

/** A status that the provider gave, as the answer's own or as an error event in the middle of the stream. */
export function findRefusal(error: unknown): ProviderRefusal | undefined {
  for (const link of chain(error)) {
    if (link instanceof ProviderRefusal) return link;
    if (isNamed(link, 'ApiError')) {
      const { status } = link as { status?: unknown };
      return new ProviderRefusal(typeof status === 'number' ? status : 500, 'an error inside the stream', undefined);
    }
  }
  return undefined;
}

/** Anything that a request threw, as a failure in plain words. */
export function toModelFailure(
  error: unknown,
  { model, names, began }: { model: string; names: FunctionNames; began: boolean },
): ModelFailure {
  const refusal = findRefusal(error);
  if (refusal) return fromRefusal(refusal, model, names);
  for (const link of chain(error)) {
    if (link instanceof ModelFailure) return link;
    if (link instanceof UnreadableReply || isNamed(link, 'SyntaxError'))
      return fail('MODEL_BAD_REPLY', WORDS.unreadable, true, new Error('unreadable stream'));
  }
  // Causes of the network layer name hosts and codes; the SDK's own errors may quote the stream, so they stay out.
  return began
    ? fail('MODEL_CUT_OFF', WORDS.cut, true)
    : fail('MODEL_UNAVAILABLE', WORDS.unreachable, true, networkCause(error));
}

function networkCause(error: unknown): Error | undefined {
  for (const link of chain(error))
    if (typeof link === 'object' && link !== null && 'code' in link && typeof link.code === 'string')
      return new Error(link.code);
  return undefined;
}

const REFUSALS: Partial<Record<string, string>> = {
  [FinishReason.SAFETY]: 'its safety rules',
  [FinishReason.PROHIBITED_CONTENT]: 'its rules on prohibited content',
  [FinishReason.BLOCKLIST]: 'its list of blocked terms',
  [FinishReason.SPII]: 'its rules on personal data',
  [FinishReason.RECITATION]: 'its rules on copying published text',
  [FinishReason.LANGUAGE]: 'a language it does not support',
};

/** @param reason a finish or block reason; none when the provider gave no candidate and no reason */
export const refused = (reason: FinishReason | BlockedReason | undefined): ModelFailure => {
  const because = (reason && REFUSALS[reason]) ?? 'a reason it does not name';
  return fail(
    'MODEL_REFUSED',
    `Gemini declined to answer because of ${because}. Rephrase the message and try again.`,
    false,
  );
};

export const timedOut = (cause?: unknown): ModelFailure => fail('MODEL_TIMEOUT', WORDS.late, true, cause);
export const cutOff = (): ModelFailure => fail('MODEL_CUT_OFF', WORDS.cut, true);
export const ranOut = (): ModelFailure =>
  fail('MODEL_CUT_OFF', 'Gemini used up the length of its answer before it said anything. Try again.', true);
export const badReply = (problem: string): ModelFailure =>
  fail(
    'MODEL_BAD_REPLY',
    `Gemini twice answered with calls that cannot be used (${shorten(showInvisible(problem), 300)}). Try again, or say it differently.`,
    true,
  );
