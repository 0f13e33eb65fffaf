import { setTimeout as wait } from 'node:timers/promises';
import { type Content, FinishReason, type GenerateContentConfig } from '@google/genai';
import {
  LanguageModel,
  type ModelReply,
  type ModelRequest,
  type RespondOptions,
} from '../../../core/agent/language-model.port.js';
import { toContents } from './conversation.js';
import { declareFunctions } from './function-declarations.js';
import { FunctionNames } from './function-names.js';
import { GeminiClient, type StreamedReply } from './gemini-client.js';
import { badReply, findRefusal, ranOut, refused, timedOut, toModelFailure } from './gemini-failures.js';
import { type CallRecord, readCalls, type ReadCalls } from './proposed-nodes.js';
import { writeState } from './provider-state.js';
import { systemInstruction } from './system-instruction.js';

export interface GeminiSettings {
  apiKey: string;
  /** Without the API version; default Google's own. */
  baseUrl?: string;
  model: string;
  contextTokens: number;
  /** Waits in milliseconds. Retries are of 429 and 503 before any words, one per entry of `retryDelaysMs`. */
  timing?: Partial<typeof DEFAULT_TIMING>;
}

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';
const DEFAULT_TIMING = {
  firstChunkMs: 60_000,
  idleMs: 30_000,
  retryDelaysMs: [500, 2_000],
  /** A provider that asks for a longer wait is not waited for: the person is told. */
  longestRetryAfterMs: 8_000,
};
const LENGTH_NOTE = '\n\n(The answer reached its length limit and ends here.)';
const WORDS_WANTED = 'no tool can be called in this reply; answer in words';

/** Finish reasons that are the model's own slip: asking again often helps. */
const SLIPS: readonly FinishReason[] = [
  FinishReason.MALFORMED_FUNCTION_CALL,
  FinishReason.UNEXPECTED_TOOL_CALL,
  FinishReason.MALFORMED_RESPONSE,
];
const ENDINGS: readonly FinishReason[] = [FinishReason.STOP, FinishReason.MAX_TOKENS];

interface Turn {
  contents: Content[];
  config: GenerateContentConfig;
  names: FunctionNames;
  options: RespondOptions;
}

/** Gemini over its public REST interface (v1beta), streamed. */
export class GeminiLanguageModel extends LanguageModel {
  readonly name: string;
  readonly contextTokens: number;
  private readonly client: GeminiClient;
  private readonly timing: typeof DEFAULT_TIMING;

  constructor({ apiKey, baseUrl = DEFAULT_BASE_URL, model, contextTokens, timing }: GeminiSettings) {
    super();
    this.name = model;
    this.contextTokens = contextTokens;
    this.timing = { ...DEFAULT_TIMING, ...timing };
    const { firstChunkMs, idleMs } = this.timing;
    this.client = new GeminiClient({ apiKey, baseUrl, model, firstChunkMs, idleMs });
  }

  /**
   * A reply whose calls cannot be used is handed back once with what is wrong.
   * A signal that aborts by its timeout is a MODEL_TIMEOUT; any other reason is thrown as it is.
   */
  async respond(request: ModelRequest, options: RespondOptions): Promise<ModelReply> {
    const names = new FunctionNames(request.tools);
    const functions = request.wordsOnly ? [] : declareFunctions(names, request.limits.maxNodes);
    const turn: Turn = {
      contents: toContents(request.history, this.name, names),
      config: {
        systemInstruction: systemInstruction(request),
        maxOutputTokens: request.limits.maxOutputTokens,
        // No toolConfig: Gemini answers 400 to one without declarations, and AUTO is its default.
        ...(functions.length > 0 && { tools: [{ functionDeclarations: functions }] }),
      },
      names,
      options,
    };
    const judge = (reply: StreamedReply): ReadCalls => {
      if (functions.length > 0) return judgeReply(reply, names, request.limits.maxNodes);
      return reply.text
        ? { status: 'read', nodes: [], calls: [] }
        : { status: 'malformed', problem: reply.calls.length > 0 ? WORDS_WANTED : emptyOrSlip(reply) };
    };

    const first = await this.request(turn);
    const verdict = judge(first);
    if (verdict.status === 'read') return this.finish([first], [], verdict, options);

    const repair = toRepair(first, verdict.problem);
    if (first.text) options.onDelta('\n\n');
    const second = await this.request({ ...turn, contents: [...turn.contents, ...repair] });
    const again = judge(second);
    if (again.status === 'malformed') throw badReply(again.problem);
    return this.finish([first, second], repair, again, options);
  }

  private finish(
    replies: StreamedReply[],
    before: Content[],
    { nodes, calls }: Extract<ReadCalls, { status: 'read' }>,
    { onDelta }: RespondOptions,
  ): ModelReply {
    const last = replies.at(-1);
    let text = replies
      .map((reply, index) => (index > 0 && replies[0]?.text ? `\n\n${reply.text}` : reply.text))
      .join('');
    if (last?.finish === FinishReason.MAX_TOKENS) {
      text += LENGTH_NOTE;
      onDelta(LENGTH_NOTE);
    }
    const providerState = writeState(this.name, [...before, ...toModelContent(last, calls)], calls);
    return {
      text,
      nodes,
      usage: {
        inputTokens: replies.reduce((sum, { usage }) => sum + usage.inputTokens, 0),
        outputTokens: replies.reduce((sum, { usage }) => sum + usage.outputTokens, 0),
      },
      ...(providerState && { providerState }),
    };
  }

  /** One reply, with retries while nothing of it has been said. */
  private async request({ contents, config, names, options: { signal, onDelta } }: Turn): Promise<StreamedReply> {
    for (let attempt = 0; ; attempt++) {
      let said = false;
      let began = false;
      try {
        const reply = await this.client.attempt(contents, config, {
          signal,
          onDelta: (delta) => {
            said = true;
            onDelta(delta);
          },
          onBegin: () => {
            began = true;
          },
        });
        return acceptFinish(reply);
      } catch (error) {
        if (signal.aborted) throw abortReason(signal);
        const delay = said ? undefined : this.retryDelay(error, attempt);
        if (delay === undefined) throw toModelFailure(error, { model: this.name, names, began });
        await wait(delay, undefined, { signal }).catch(() => {
          throw abortReason(signal);
        });
      }
    }
  }

  private retryDelay(error: unknown, attempt: number): number | undefined {
    const refusal = findRefusal(error);
    const backOff = this.timing.retryDelaysMs[attempt];
    if (!refusal || backOff === undefined || ![429, 503].includes(refusal.status)) return undefined;
    // Spread out, so that sessions refused together do not come back together.
    const delay = refusal.retryAfterMs ?? backOff * (0.75 + Math.random() / 2);
    return delay > this.timing.longestRetryAfterMs ? undefined : delay;
  }
}

const emptyOrSlip = ({ finish }: StreamedReply): string =>
  SLIPS.includes(finish) ? `the reply was malformed (${finish})` : 'the reply was empty';

function judgeReply(reply: StreamedReply, names: FunctionNames, maxNodes: number): ReadCalls {
  if (SLIPS.includes(reply.finish)) return { status: 'malformed', problem: emptyOrSlip(reply) };
  if (!reply.text && reply.calls.length === 0) return { status: 'malformed', problem: emptyOrSlip(reply) };
  return readCalls(reply.calls, names, maxNodes);
}

/** @throws ModelFailure for every ending but a full stop, the length limit, or a slip worth a second try */
function acceptFinish(reply: StreamedReply): StreamedReply {
  const { finish, text, calls } = reply;
  if (!ENDINGS.includes(finish) && !SLIPS.includes(finish)) throw refused(finish);
  if (finish === FinishReason.MAX_TOKENS && !text && calls.length === 0) throw ranOut();
  return reply;
}

/** Nothing where there is no call to answer: then the same request is simply made again. */
function toRepair({ parts, calls }: StreamedReply, problem: string): Content[] {
  if (calls.length === 0) return [];
  const responses = calls.map(({ id, name = '' }) => ({
    functionResponse: {
      ...(id && { id }),
      name,
      response: { error: `Switchyard could not use this call: ${problem}` },
    },
  }));
  return [
    { role: 'model', parts },
    { role: 'user', parts: responses },
  ];
}

/** Calls that were not taken (words only) must not go back unanswered. */
function toModelContent(reply: StreamedReply | undefined, calls: CallRecord[]): Content[] {
  const parts = (reply?.parts ?? []).filter((part) => !part.functionCall || calls.length > 0);
  return parts.length > 0 ? [{ role: 'model', parts }] : [];
}

/** AbortSignal.timeout ends the whole wait: for the port that is the model's fault, not the caller's wish. */
function abortReason(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  const isTimeout = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
  return isTimeout ? timedOut() : reason;
}
