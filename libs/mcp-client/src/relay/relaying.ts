import { cancelled, notOffered, RequestRefused, type CallHooks, type CurrentCall } from '../current-call.js';
import type { Deadline } from '../deadline.js';
import type { WaitOptions } from '../call.js';
import { atLeast } from '../log-level.js';
import type { RequestMeta } from '../meta.js';
import { headersOfCall, isHeaderMismatch, NO_HEADERS } from '../param-headers.js';
import type { RawResult } from '../raw-result.js';
import { inRounds } from '../rounds.js';
import type { UpstreamTarget } from '../target.js';
import type { Attempt, Wire } from '../wire.js';
import { CutAnswer, ReadAnswer } from './answer.js';
import { cutResult } from './cut-result.js';
import type { RelayedAnswer, RelayOptions, RelayRequest } from './relay.js';

/** Stands for a result that was not read. */
const UNREAD: RawResult = Object.freeze({});
const NO_CAPABILITIES: RawResult = Object.freeze({});
const INPUT_REQUIRED = 'input_required';

/** What the server may ask for only where somebody answers. */
const ANSWERED = ['elicitation', 'sampling', 'roots'] as const;

/**
 * Passes a request on over the wire of a session, and the answer back.
 * @param schemaOf finds the input schema of a tool, whose headers the server missed
 * @throws UpstreamError
 */
export function relayOver(
  wire: Wire,
  request: RelayRequest,
  options: RelayOptions,
  schemaOf: (tool: unknown, wait: WaitOptions) => Promise<unknown>,
): Promise<RelayedAnswer> {
  const { method, params, inputSchema } = request;
  return wire.calling(
    options,
    (of) => relayedCall(options, wire.target, of),
    (call, attempt) => {
      const { deadline } = call;
      const relaying = new Relaying(wire, request, options, { call, attempt });
      const headersFor = (schema: unknown) => headersOfCall(wire.connection.protocol.era, schema, params.arguments);
      const again = async (error: unknown) => {
        if (!isHeaderMismatch(error)) throw error;
        return relaying.answer(headersFor(await schemaOf(params.name, { deadline })));
      };
      const answer = () =>
        method === 'tools/call' ? relaying.answer(headersFor(inputSchema), again) : relaying.answer(NO_HEADERS);
      const listening = listen(wire, options, { deadline, attempt });
      return listening ? listening.then(answer) : answer();
    },
  );
}

/** Has the server say what somebody wants to hear; undefined where that takes no time. */
function listen(
  wire: Wire,
  { onLog, logLevel, onRequest }: RelayOptions,
  { deadline, attempt }: { deadline: Deadline; attempt: Attempt },
): Promise<void> | undefined {
  const asked =
    onLog && logLevel !== undefined && wire.capabilities.logging
      ? wire.askForLogs(logLevel, deadline, attempt)
      : undefined;
  if (!onRequest) return asked;
  return asked ? asked.then(() => wire.listening(deadline)) : wire.listening(deadline);
}

/** One relayed request, under way. */
class Relaying {
  readonly #wire: Wire;
  readonly #request: RelayRequest;
  readonly #options: RelayOptions;
  readonly #call: CurrentCall;
  readonly #attempt: Attempt;
  readonly #meta: RequestMeta;

  constructor(
    wire: Wire,
    request: RelayRequest,
    options: RelayOptions,
    { call, attempt }: { call: CurrentCall; attempt: Attempt },
  ) {
    this.#wire = wire;
    this.#request = request;
    this.#options = options;
    this.#call = call;
    this.#attempt = attempt;
    const { meta } = request;
    this.#meta = {
      progressToken: options.onProgress && call.progressToken,
      traceparent: typeof meta?.traceparent === 'string' ? meta.traceparent : undefined,
      logLevel: options.onLog && options.logLevel,
      capabilities: toldCapabilities(options, wire.target),
      more: meta,
    };
  }

  /** @param failed what is done about an error instead of throwing it */
  answer(
    headers: Readonly<Record<string, string>>,
    failed?: (error: unknown) => Promise<RelayedAnswer>,
  ): Promise<RelayedAnswer> {
    const { input } = this.#request;
    const given = input && {
      ...(input.responses && { inputResponses: input.responses }),
      ...(input.state !== undefined && { requestState: input.state }),
    };
    if (this.#options.inputRequired === 'relay' || this.#wire.connection.protocol.era === 'legacy') {
      return this.#ask(given, headers, failed);
    }
    const answered = inRounds(
      (more) => this.#ask(more ?? given, headers),
      (answer) => (answer.resultType === INPUT_REQUIRED ? answer.result() : undefined),
      { call: this.#call, deadline: this.#call.deadline },
    );
    return failed ? answered.catch(failed) : answered;
  }

  #ask(
    input: RawResult | undefined,
    headers: Readonly<Record<string, string>>,
    failed?: (error: unknown) => Promise<RelayedAnswer>,
  ): Promise<RelayedAnswer> {
    const { method, params, paramsText } = this.#request;
    let cut: CutAnswer | undefined;
    const recognise = (text: string, id: number) => {
      const found = cutResult(text, id);
      if (!found) return undefined;
      cut = new CutAnswer(found);
      return UNREAD;
    };
    const call = this.#call;
    const request = { method, params, paramsText, input, meta: this.#meta, headers, call, recognise, raw: true };
    const read = (result: RawResult) => (result === UNREAD && cut ? cut : new ReadAnswer(result));
    return this.#wire.requestAs(request, call.deadline, this.#attempt, read, failed);
  }
}

/** Hears, for somebody else, what a server says while a call runs. */
function relayedCall(
  options: RelayOptions,
  target: UpstreamTarget,
  { progressToken, deadline }: { progressToken: string; deadline: Deadline },
): CurrentCall {
  const { onProgress, onNotification } = options;
  return {
    progressToken,
    deadline,
    onProgress,
    onLog: logsOf(options),
    onNotification,
    onRequest: requestsOf(options, target),
    unasked: options.onRequest ? cancelled : notOffered,
  };
}

function logsOf({ onLog, logLevel }: RelayOptions): CallHooks['onLog'] {
  if (!onLog || logLevel === undefined) return onLog;
  return (params) => {
    if (atLeast(logLevel, params.level)) onLog(params);
  };
}

/** Of what the target may not ask, nobody is asked. */
function requestsOf({ onRequest }: RelayOptions, { sampling, roots }: UpstreamTarget): CallHooks['onRequest'] {
  if (!onRequest || (sampling && roots)) return onRequest;
  return (method, params, options) => {
    const barred = (method === 'sampling/createMessage' && !sampling) || (method === 'roots/list' && !roots);
    if (barred) throw new RequestRefused(-32601, 'This client does not offer that.');
    return onRequest(method, params, options);
  };
}

/** Undefined: what the connection offers anyway. */
function toldCapabilities(
  { capabilities, onRequest, inputRequired }: RelayOptions,
  { sampling, roots }: UpstreamTarget,
): RawResult | undefined {
  const answered = onRequest !== undefined || inputRequired === 'relay';
  if (!capabilities) return answered ? undefined : NO_CAPABILITIES;
  const allowed = { elicitation: answered, sampling: answered && sampling, roots: answered && roots };
  if (ANSWERED.every((name) => allowed[name] || !(name in capabilities))) return capabilities;
  return Object.fromEntries(
    Object.entries(capabilities).filter(([name]) => allowed[name as keyof typeof allowed] ?? !(name in allowed)),
  );
}
