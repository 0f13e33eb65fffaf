import { setTimeout as wait } from 'node:timers/promises';
import {
  LanguageModel,
  type ModelReply,
  type ModelRequest,
  type RespondOptions,
} from '../../../core/agent/language-model.port.js';
import { declareFunctions } from './declared-functions.js';
import { type Exchange, toExchanges } from './exchanges.js';
import { badReply, findRefusal, ranOut, refused, timedOut, toModelFailure } from './failures.js';
import { FunctionNames } from './function-names.js';
import { readCalls, type ReadCalls } from './proposed-nodes.js';
import { readState, writeState } from './provider-state.js';
import { attempt } from './streaming.js';
import { systemInstruction } from './system-instruction.js';
import { dialectOf } from './tool-schema.js';
import { type StreamedReply, type VendorWire } from './vendor-wire.js';

/** Waits in milliseconds. Retries are of 429, 503 and 529 before any words, one per entry of `retryDelaysMs`. */
export interface Timing {
  firstChunkMs: number;
  idleMs: number;
  retryDelaysMs: readonly number[];
  /** A vendor that asks for a longer wait is not waited for: the person is told. */
  longestRetryAfterMs: number;
}

const DEFAULT_TIMING: Timing = {
  firstChunkMs: 60_000,
  idleMs: 30_000,
  retryDelaysMs: [500, 2_000],
  longestRetryAfterMs: 8_000,
};
const LENGTH_NOTE = '\n\n(The answer reached its length limit and ends here.)';
const WORDS_WANTED = 'no tool can be called in this reply; answer in words';
const PASSING_REFUSALS: readonly number[] = [429, 503, 529];

interface Turn<Message> {
  system: string;
  exchanges: Exchange<Message>[];
  functions: ReturnType<typeof declareFunctions>;
  maxOutputTokens: number;
  names: FunctionNames;
  options: RespondOptions;
}

type Read = Extract<ReadCalls, { status: 'read' }>;

/** Any vendor's model in Switchyard's terms: calls are judged, handed back once when they cannot be used, and retried. */
export class ConversingModel<Message, Event> extends LanguageModel {
  readonly name: string;
  private readonly timing: Timing;

  constructor(
    private readonly wire: VendorWire<Message, Event>,
    readonly contextTokens: number,
    timing: Partial<Timing> = {},
  ) {
    super();
    this.name = wire.model;
    this.timing = { ...DEFAULT_TIMING, ...timing };
  }

  /**
   * A reply whose calls cannot be used is handed back once with what is wrong.
   * A signal that aborts by its timeout is a MODEL_TIMEOUT; any other reason is thrown as it is.
   */
  async respond(request: ModelRequest, options: RespondOptions): Promise<ModelReply> {
    const names = new FunctionNames(request.tools, this.wire.nameRules, dialectOf(this.wire.provider));
    const { maxNodes, maxOutputTokens } = request.limits;
    const functions = request.wordsOnly ? [] : declareFunctions(names, maxNodes);
    const exchanges = toExchanges(request.history, names, (state) => readState(state, this.wire));
    const turn = { system: systemInstruction(request), exchanges, functions, maxOutputTokens, names, options };
    const judge = (reply: StreamedReply<Message>) =>
      functions.length > 0 ? judgeReply(reply, names, maxNodes) : judgeWords(reply);

    const first = await this.request(turn);
    const verdict = judge(first);
    if (verdict.status === 'read') return this.finish([first], [], verdict, options);

    const repair = toRepair(first, verdict.problem);
    if (first.text) options.onDelta('\n\n');
    const second = await this.request({ ...turn, exchanges: [...exchanges, ...repair] });
    const again = judge(second);
    if (again.status === 'malformed') throw badReply(this.wire.words, again.problem);
    return this.finish([first, second], repair, again, options);
  }

  private finish(
    replies: StreamedReply<Message>[],
    before: Exchange<Message>[],
    { nodes, calls }: Read,
    { onDelta }: RespondOptions,
  ): ModelReply {
    const last = replies.at(-1);
    let text = replies
      .map((reply, index) => (index > 0 && replies[0]?.text ? `\n\n${reply.text}` : reply.text))
      .join('');
    if (last?.ending.kind === 'length') {
      text += LENGTH_NOTE;
      onDelta(LENGTH_NOTE);
    }
    return {
      text,
      nodes,
      usage: {
        inputTokens: replies.reduce((sum, { usage }) => sum + usage.inputTokens, 0),
        outputTokens: replies.reduce((sum, { usage }) => sum + usage.outputTokens, 0),
      },
      ...this.keepState(last, before, calls),
    };
  }

  /** Nothing when the words alone say it all. Calls that were not taken must not go back unanswered. */
  private keepState(
    last: StreamedReply<Message> | undefined,
    before: Exchange<Message>[],
    calls: Read['calls'],
  ): { providerState?: object } {
    const messages = (calls.length > 0 ? last?.messages : last?.words) ?? [];
    if (before.length === 0 && calls.length === 0 && (messages.length === 0 || last?.isPlain)) return {};
    return { providerState: writeState(this.wire, [...before, { kind: 'own', messages }], calls) };
  }

  /** One reply, with retries while nothing of it has been said. */
  private async request({ exchanges, names, options, ...prompt }: Turn<Message>): Promise<StreamedReply<Message>> {
    const { signal, onDelta } = options;
    const messages = this.wire.toMessages(exchanges);
    for (let tries = 0; ; tries++) {
      let said = false;
      let began = false;
      try {
        const reply = await attempt(this.wire, { ...prompt, messages }, this.timing, {
          signal,
          onDelta: (delta) => {
            said = true;
            onDelta(delta);
          },
          onBegin: () => {
            began = true;
          },
        });
        return this.acceptEnding({ ...reply, usage: countUnless(reply, { ...prompt, messages }) });
      } catch (error) {
        if (signal.aborted) throw this.abortReason(signal);
        const delay = said ? undefined : this.retryDelay(error, tries);
        if (delay === undefined) throw toModelFailure(error, this.wire, { names, began });
        await wait(delay, undefined, { signal }).catch(() => {
          throw this.abortReason(signal);
        });
      }
    }
  }

  private retryDelay(error: unknown, tries: number): number | undefined {
    const refusal = findRefusal(error, this.wire);
    const backOff = this.timing.retryDelaysMs[tries];
    if (!refusal || backOff === undefined || !PASSING_REFUSALS.includes(refusal.status)) return undefined;
    // Spread out, so that sessions refused together do not come back together.
    const delay = refusal.retryAfterMs ?? backOff * (0.75 + Math.random() / 2);
    return delay > this.timing.longestRetryAfterMs ? undefined : delay;
  }

  /** @throws ModelFailure for every ending but a full stop, the length limit, or a slip worth a second try */
  private acceptEnding(reply: StreamedReply<Message>): StreamedReply<Message> {
    const { ending, text, calls } = reply;
    if (ending.kind === 'refused') throw refused(this.wire.words, ending.because);
    if (ending.kind === 'length' && !text && calls.length === 0) throw ranOut(this.wire.words);
    return reply;
  }

  /** A TimeoutError ends the whole wait: for the port that is the model's fault, not the caller's wish. */
  private abortReason(signal: AbortSignal): unknown {
    const reason: unknown = signal.reason;
    const isTimeout =
      typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
    return isTimeout ? timedOut(this.wire.words) : reason;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Some servers do not count, or count oddly: then about four bytes are a token. */
function countUnless(
  { usage, messages, text }: StreamedReply<unknown>,
  prompt: object,
): StreamedReply<unknown>['usage'] {
  const { inputTokens, outputTokens } = usage;
  if (isCount(inputTokens) && isCount(outputTokens) && inputTokens + outputTokens > 0) return usage;
  const count = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 4);
  return { inputTokens: count(prompt), outputTokens: count(messages.length > 0 ? messages : text) };
}

const emptyOrSlip = ({ ending }: StreamedReply<unknown>): string =>
  ending.kind === 'slip' ? `the reply was malformed (${ending.reason})` : 'the reply was empty';

function judgeWords(reply: StreamedReply<unknown>): ReadCalls {
  if (reply.text) return { status: 'read', nodes: [], calls: [] };
  return { status: 'malformed', problem: reply.calls.length > 0 ? WORDS_WANTED : emptyOrSlip(reply) };
}

function judgeReply(reply: StreamedReply<unknown>, names: FunctionNames, maxNodes: number): ReadCalls {
  const isEmpty = !reply.text && reply.calls.length === 0;
  if (reply.ending.kind === 'slip' || isEmpty) return { status: 'malformed', problem: emptyOrSlip(reply) };
  return readCalls(reply.calls, names, maxNodes);
}

/** Nothing where there is no call to answer: then the same request is simply made again. */
function toRepair<Message>({ messages, calls }: StreamedReply<Message>, problem: string): Exchange<Message>[] {
  if (calls.length === 0) return [];
  const output = { error: `Switchyard could not use this call: ${problem}` };
  const answers = calls.map(({ id, name }) => ({ id, name, output, failed: true }));
  return [
    { kind: 'own', messages },
    { kind: 'answers', answers },
  ];
}
