import { type Reply, wrapStructured } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ApprovalId } from '../../platform/ids.js';
import { toFinishedCall } from '../execution/held-call-answer.js';
import { hasEnded, HeldCallWaits } from '../execution/held-call-waits.service.js';
import { HeldCalls } from '../execution/held-calls.service.js';
import { type HeldCallView, signInOf } from '../execution/held-call.js';
import type { WaitingCall } from '../execution/tool-call.js';
import type { ToolOutcome, ToolOutput } from '../execution/tool-outcome.js';
import { type ClientCall, isPromisedWrapped, mustAnswerStructured } from './client-call.js';
import { canElicit } from './client-side.js';
import { toolFailure } from './replies.js';
import { faultOf } from '../execution/execution.errors.js';
import { SignInsOfCalls, type UnsignedCall } from './sign-ins-of-calls.service.js';
import { LONGEST_MS, type Page, ROUND_MS, toUrlQuestion, whileAsked } from './url-questions.js';

/** What travels with a client of the modern era between its question and its answer. */
export interface HeldState {
  held: ApprovalId;
}

const QUESTION = 'approval';

/** Calls that wait for a person, for clients that have no screen for that: they are sent to ours. */
@Injectable()
export class ApprovalsOfCalls {
  constructor(
    private readonly held: HeldCalls,
    private readonly waits: HeldCallWaits,
    private readonly signIns: SignInsOfCalls,
    private readonly clock: Clock,
  ) {}

  /** A call has just been held, or is asked for again. */
  async ask(call: ClientCall, waiting: WaitingCall): Promise<Reply> {
    const { request, exchange } = call;
    const view = await this.waits.view(call.caller.principal, waiting.approvalId, 0, exchange.signal);
    if (hasEnded(view)) return this.end(call, view);
    if (!canElicit(request.clientCapabilities, 'url')) return toLink(call, waiting);
    if (request.era === 'modern') return toQuestion(waiting);
    return exchange.ask ? this.askNow(call, waiting) : toLink(call, waiting);
  }

  /** A client of the modern era came back from the question. */
  async goOn(call: ClientCall, { held }: HeldState): Promise<Reply> {
    const { caller, request, exchange } = call;
    const answer = request.input?.responses[QUESTION] as { action?: unknown } | undefined;
    const waitMs = answer?.action === 'accept' || !answer ? ROUND_MS : 0;
    const view = await this.waits.view(caller.principal, held, waitMs, exchange.signal);
    if (hasEnded(view)) return this.end(call, view);
    if (answer && answer.action !== 'accept') return toLink(call, view);
    return { kind: 'input_required', state: { held } satisfies HeldState };
  }

  private async askNow(call: ClientCall, waiting: WaitingCall): Promise<Reply> {
    const ended = await whileAsked(call.request, call.exchange, pageOf(waiting), {
      elicitationId: waiting.approvalId,
      progress: 'Waiting for a person to approve this call.',
      withinMs: LONGEST_MS,
      look: async (waitMs, signal) => {
        const view = await this.waits.view(call.caller.principal, waiting.approvalId, waitMs, signal);
        return hasEnded(view) ? view : undefined;
      },
    });
    return ended ? this.end(call, ended) : toLink(call, waiting);
  }

  /** Somebody has signed in for a call that was approved before. @throws AppError UPSTREAM_SIGN_IN_NEEDED */
  async makeNow(call: ClientCall, held: ApprovalId): Promise<Reply> {
    const { principal } = call.caller;
    const { signal } = call.exchange;
    await this.held.makeAfterSignIn(principal, held);
    for (const until = performance.now() + LONGEST_MS; ;) {
      const view = await this.waits.view(principal, held, ROUND_MS, signal);
      if (hasEnded(view)) return this.end(call, view);
      if (call.request.era === 'modern') return { kind: 'input_required', state: { held } satisfies HeldState };
      if (signal.aborted || performance.now() > until) return toLink(call, view);
    }
  }

  /** What came to nothing since nobody was signed in stays approved, and is told when it was made. */
  private async end(call: ClientCall, view: HeldCallView): Promise<Reply> {
    const { request, exchange } = call;
    const { principal } = call.caller;
    const { approvalId: held, begunAt } = view;
    const needed = signInOf(view);
    if (!needed || !begunAt) return this.tell(call, view);
    const now = this.clock.ms();
    const unsigned: UnsignedCall = { needed, triedAt: begunAt.getTime(), since: now, goesOn: {}, held };
    const again = () => this.makeNow(call, held);
    const isBack = await this.signIns.hasSignedIn(principal, unsigned);
    return isBack ? again() : this.signIns.ask(principal, unsigned, request, exchange, again);
  }

  private async tell(call: ClientCall, view: HeldCallView): Promise<Reply> {
    await this.held.markTold(view.approvalId);
    const { outcome } = toFinishedCall(view);
    if (outcome.status === 'succeeded' || outcome.status === 'failed') {
      return keptResult(call, outcome, view.answer?.shortened === true);
    }
    const { code, message } = faultOf(outcome);
    return toolFailure(code, message);
  }
}

const APPROVAL = 'switchyard/approval';
/** By themselves and not by their words, which a server could say, too. */
const links = new WeakSet<Reply>();

/** Whether a reply only says where to decide. */
export const isLink = (reply: Reply): boolean => links.has(reply);

const words = 'A person has to approve this call.';

function toLink(
  call: ClientCall,
  { approvalId, url, expiresAt }: Pick<WaitingCall, 'approvalId' | 'url'> & { expiresAt: Date | null },
): Reply {
  const text = `${words} Ask them to decide at ${url} and then make the same call again: it is made once, and its result is kept.`;
  const link = toResult({
    content: [{ type: 'text', text }],
    ...(mustAnswerStructured(call) && { isError: true }),
    _meta: { [APPROVAL]: { id: approvalId, url, ...(expiresAt && { expires_at: expiresAt.toISOString() }) } },
  });
  links.add(link);
  return link;
}

const pageOf = ({ url }: WaitingCall): Page => ({
  message: `${words} Open the page to see exactly what is to be done, and decide there.`,
  url,
});

const toQuestion = (waiting: WaitingCall): Reply =>
  toUrlQuestion(QUESTION, pageOf(waiting), { held: waiting.approvalId } satisfies HeldState);

type Answered = Extract<ToolOutcome, { output: ToolOutput }>;

/** What a tool answered, as it was kept. */
function keptResult(call: ClientCall, { status, output, artifacts }: Answered, isShortened: boolean): Reply {
  const content = output.content.map((block) => withoutFile(block, artifacts));
  if (isShortened) content.unshift({ type: 'text', text: shortenedWords(status, artifacts) });
  const isError = status === 'failed' || (isShortened && mustAnswerStructured(call));
  const result = { ...output, content, ...(isError && { isError }) };
  const isOlder = call.request.era === 'legacy' && !isPromisedWrapped(call);
  return toResult(isOlder ? wrapStructured(result, false) : result);
}

/** Nobody may take it for a failure and call again. */
function shortenedWords(status: Answered['status'], artifacts: Answered['artifacts']): string {
  const made = status === 'succeeded' ? 'The call was made and has succeeded.' : 'The call was made and has failed.';
  const files = artifacts.map(({ id, name }) => `${name} (${id})`).join(', ');
  return `${made} What it gave is too long to be told here${files && `, and is kept as ${files}`}. It begins:`;
}

/** The bytes were kept as an artifact. */
function withoutFile(block: unknown, artifacts: Answered['artifacts']): unknown {
  const { type, file, mimeType } = block as { type?: string; file?: string; mimeType?: string };
  if (file === undefined) return block;
  const kept = artifacts.find(({ name }) => name === file);
  return { type: 'text', text: `${type} ${mimeType}: kept as ${file}${kept ? ` (${kept.id})` : ''}` };
}

const toResult = (result: object): Reply => ({ kind: 'result', text: JSON.stringify(result) });
