import { shorten, showInvisible } from '@app/schema-compiler';
import { ModelFailure, type MODEL_FAILURES } from '../../../core/agent/language-model.port.js';
import { type FunctionNames } from './function-names.js';
import { ProviderRefusal, UnreadableReply } from './guarded-fetch.js';
import { type VendorWire, type VendorWords } from './vendor-wire.js';

type Code = (typeof MODEL_FAILURES)[number];
type Wire = Pick<VendorWire<unknown, unknown>, 'words' | 'model' | 'toRefusal'>;

const WORDS = {
  rejected: ({ vendor, keySetting }: VendorWords) =>
    `${vendor} did not accept the API key. Check ${keySetting} and that the key may use this API.`,
  busy: ({ vendor }: VendorWords) =>
    `${vendor} is overloaded or out of service at the moment. Your message is kept; try again shortly.`,
  unreachable: ({ vendor }: VendorWords) =>
    `${vendor} could not be reached. Check the network and the configured address, then try again.`,
  cut: ({ vendor }: VendorWords) =>
    `The connection to ${vendor} broke in the middle of the answer. What came through is shown; try again.`,
  unreadable: ({ vendor }: VendorWords) => `${vendor} sent an answer that could not be read. Try again.`,
  late: ({ vendor }: VendorWords) => `${vendor} took too long to answer. Your message is kept; try again.`,
  unpaid: ({ vendor }: VendorWords) =>
    `${vendor} says that the account has no credit left. Add credit there, or choose another model.`,
} as const;
const TOO_LONG =
  'This conversation is too long for the model. Open a new session, or choose a model with more context.';

const fail = (code: Code, message: string, retryable: boolean, cause?: unknown): ModelFailure =>
  new ModelFailure(code, message, retryable, cause === undefined ? undefined : { cause });

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;

/** Which declared function a vendor's sentence is about: by its place, or by its name in quotes. */
function findBlamed(detail: string, names: FunctionNames) {
  const entries = names.entries();
  // Gemini's path has both: its `tools[0]` holds all declarations.
  const place = /function_?declarations\[(\d+)\]/i.exec(detail) ?? /\btools[.[](\d+)/i.exec(detail);
  const index = place?.[1];
  if (index !== undefined) return entries[Number(index)]?.[1];
  const name = /schema for function ['"“]([^'"”]+)/i.exec(detail)?.[1];
  return entries.find(([known]) => known === name)?.[1];
}

function badRequest(refusal: ProviderRefusal, words: VendorWords, names: FunctionNames): ModelFailure {
  const { detail } = refusal;
  if (/api.?key/i.test(detail)) return fail('MODEL_KEY_REJECTED', WORDS.rejected(words), false, refusal);
  if (/credit balance|billing/i.test(detail)) return fail('MODEL_UNAVAILABLE', WORDS.unpaid(words), false, refusal);
  if (
    /token count|too (?:long|large)|maximum (?:number of tokens|context length)|context.?(?:length|window)/i.test(
      detail,
    )
  )
    return fail('MODEL_REFUSED', TOO_LONG, false, refusal);

  const { vendor } = words;
  const tool = findBlamed(detail, names);
  const reason = shorten(showInvisible(detail), 200);
  if (tool) {
    const name = `“${showInvisible(tool.name)}” of ${showInvisible(tool.serverName)}`;
    const message = `${vendor} does not accept the definition of the tool ${name}. Its input schema uses something this model cannot read.`;
    return fail('MODEL_REFUSED', `${message} (${reason})`, false, refusal);
  }
  return fail('MODEL_REFUSED', `${vendor} refused the request as invalid: ${reason}`, false, refusal);
}

function fromRefusal(refusal: ProviderRefusal, { words, model }: Wire, names: FunctionNames): ModelFailure {
  const { status, retryAfterMs, detail } = refusal;
  const { vendor } = words;
  if (status === 402) return fail('MODEL_UNAVAILABLE', WORDS.unpaid(words), false, refusal);
  if (status === 429) {
    if (/insufficient_quota|exceeded your current quota/i.test(detail))
      return fail('MODEL_RATE_LIMITED', WORDS.unpaid(words), true, refusal);
    const when = retryAfterMs === undefined ? 'Try again in a while.' : `Try again in ${seconds(retryAfterMs)}.`;
    const message = `${vendor}'s limit of requests or tokens for this key is reached. ${when}`;
    return new ModelFailure('MODEL_RATE_LIMITED', message, true, { cause: refusal, retryAfterMs });
  }
  if (status === 401 || status === 403) return fail('MODEL_KEY_REJECTED', WORDS.rejected(words), false, refusal);
  if (status === 404) {
    const message = `${vendor} has no model “${model}” for this key. Check the name in the settings.`;
    return fail('MODEL_UNAVAILABLE', message, false, refusal);
  }
  if (status === 408 || status === 504) return fail('MODEL_TIMEOUT', WORDS.late(words), true, refusal);
  if (status === 413) return fail('MODEL_REFUSED', TOO_LONG, false, refusal);
  if (status >= 500) return fail('MODEL_UNAVAILABLE', WORDS.busy(words), true, refusal);
  return badRequest(refusal, words, names);
}

/** The error and its causes; SDKs wrap what they do not know. */
function* chain(error: unknown): Generator<unknown> {
  for (let next = error, depth = 0; next !== undefined && next !== null && depth < 5; depth++) {
    yield next;
    next = typeof next === 'object' && 'cause' in next ? next.cause : undefined;
  }
}

const isNamed = (error: unknown, name: string): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === name;

/** A status that the vendor gave, as the answer's own or as an error event in the middle of the stream. */
export function findRefusal(error: unknown, wire: Wire): ProviderRefusal | undefined {
  // Our own first: an SDK may wrap it in an error that has no status.
  for (const link of chain(error)) if (link instanceof ProviderRefusal) return link;
  for (const link of chain(error)) {
    const refusal = wire.toRefusal(link);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Anything that a request threw, as a failure in plain words. */
export function toModelFailure(
  error: unknown,
  wire: Wire,
  { names, began }: { names: FunctionNames; began: boolean },
): ModelFailure {
  const refusal = findRefusal(error, wire);
  if (refusal) return fromRefusal(refusal, wire, names);
  for (const link of chain(error)) {
    if (link instanceof ModelFailure) return link;
    if (link instanceof UnreadableReply || isNamed(link, 'SyntaxError'))
      return fail('MODEL_BAD_REPLY', WORDS.unreadable(wire.words), true, new Error('unreadable stream'));
  }
  // Causes of the network layer name hosts and codes; an SDK's own errors may quote the stream, so they stay out.
  return began
    ? fail('MODEL_CUT_OFF', WORDS.cut(wire.words), true)
    : fail('MODEL_UNAVAILABLE', WORDS.unreachable(wire.words), true, networkCause(error));
}

function networkCause(error: unknown): Error | undefined {
  for (const link of chain(error))
    if (typeof link === 'object' && link !== null && 'code' in link && typeof link.code === 'string')
      return new Error(link.code);
  return undefined;
}

/** @param because what the vendor names; nothing when it gives no reason */
export const refused = ({ vendor }: VendorWords, because = 'a reason it does not name'): ModelFailure =>
  fail(
    'MODEL_REFUSED',
    `${vendor} declined to answer because of ${because}. Rephrase the message and try again.`,
    false,
  );

export const timedOut = (words: VendorWords): ModelFailure => fail('MODEL_TIMEOUT', WORDS.late(words), true);
export const cutOff = (words: VendorWords): ModelFailure => fail('MODEL_CUT_OFF', WORDS.cut(words), true);
export const ranOut = ({ vendor }: VendorWords): ModelFailure =>
  new ModelFailure(
    'MODEL_CUT_OFF',
    `${vendor} used up the length of its answer before it said anything. Try again.`,
    true,
    { isOfRequest: true },
  );
export const badReply = ({ vendor }: VendorWords, problem: string): ModelFailure =>
  fail(
    'MODEL_BAD_REPLY',
    `${vendor} twice answered with calls that cannot be used (${shorten(showInvisible(problem), 300)}). Try again, or say it differently.`,
    true,
  );
