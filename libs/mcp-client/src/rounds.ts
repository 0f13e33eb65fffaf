import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import { answer, ELICITATION, type CurrentCall } from './current-call.js';
import type { Deadline } from './deadline.js';
import { NotMcp } from './http/exchange.js';
import { isObject, type RawResult } from './raw-result.js';
import { UpstreamError } from './upstream-error.js';

const MOST_ROUNDS = 10;
const PACE_MS = 250;

/**
 * Answers what a server of the modern era asks before it gives a result (2026-07-28, Multi Round-Trip Requests).
 * @param ask makes the next request, with what is added to its parameters
 * @throws what `ask` throws; NotMcp, SdkError and UpstreamError where it comes to no end that is a result
 */
export async function inRounds<T>(
  ask: (input: RawResult | undefined) => Promise<T>,
  wanted: (answer: T) => RawResult | undefined,
  { call, deadline }: { call: CurrentCall | undefined; deadline: Deadline },
): Promise<T> {
  let answer = await ask(undefined);
  for (let round = 1; ; round++) {
    const wants = wanted(answer);
    if (!wants) return answer;
    if (round > MOST_ROUNDS) {
      throw new SdkError(SdkErrorCode.InputRequiredRoundsExceeded, `More than ${MOST_ROUNDS} rounds.`);
    }
    answer = await ask(await inputFor(wants, call, deadline));
  }
}

/** What the next round adds to the parameters. */
async function inputFor(
  { inputRequests, requestState }: RawResult,
  call: CurrentCall | undefined,
  deadline: Deadline,
): Promise<RawResult> {
  const asked = isObject(inputRequests) ? Object.entries(inputRequests) : [];
  const state = typeof requestState === 'string' ? { requestState } : {};
  if (!call || (asked.length === 0 && requestState === undefined)) throw new NotMcp('Nothing is asked for.');
  if (asked.length === 0) {
    await pace(deadline);
    return state;
  }
  const answers = asked.map(async ([key, entry]) => [key, await answerOne(entry, call)] as const);
  return { ...state, inputResponses: Object.fromEntries(await Promise.all(answers)) };
}

async function answerOne(entry: unknown, call: CurrentCall): Promise<RawResult> {
  if (!isObject(entry) || typeof entry.method !== 'string') throw notOffered();
  const params = isObject(entry.params) ? entry.params : {};
  const outcome = await answer(call, { method: entry.method, params }, call.deadline.signal);
  if ('result' in outcome) return outcome.result;
  // There is no word for an error here.
  if (entry.method === ELICITATION) return { action: 'cancel' };
  throw notOffered();
}

const notOffered = () =>
  new UpstreamError('UPSTREAM_PROTOCOL', 'The tool asks for something that this client does not offer.', {
    requestSent: true,
  });

/** A server that only asks to come back is not asked without a pause. */
function pace(deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = deadline.onEnd(() => {
      clearTimeout(timer);
      reject(new Error('Ended by its deadline or its caller.'));
    });
    const timer = setTimeout(() => {
      stopListening();
      resolve();
    }, PACE_MS);
  });
}

/** A result that needs no further round, without its type. @throws NotMcp */
export function complete({ resultType, ...rest }: RawResult): RawResult {
  if (resultType !== 'complete') throw new NotMcp('The result is of a type that is not known.');
  return rest;
}
