import type { ClientRequest, Exchange, Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ApprovalId } from '../../platform/ids.js';
import { toFinishedCall } from '../execution/held-call-answer.js';
import { hasEnded, HeldCallWaits } from '../execution/held-call-waits.service.js';
import { HeldCalls } from '../execution/held-calls.service.js';
import { type HeldCallView, signInOf } from '../execution/held-call.js';
import type { WaitingCall } from '../execution/tool-call.js';
import type { Principal } from '../identity/principal.js';
import { canElicit } from './client-side.js';
import { textResult, toolFailure } from './replies.js';
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
  async ask(principal: Principal, waiting: WaitingCall, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const view = await this.waits.view(principal, waiting.approvalId, 0, exchange.signal);
    if (hasEnded(view)) return this.end(principal, view, request, exchange);
    if (!canElicit(request.clientCapabilities, 'url')) return toLink(waiting);
    if (request.era === 'modern') return toQuestion(waiting);
    return exchange.ask ? this.askNow(principal, waiting, request, exchange) : toLink(waiting);
  }

  /** A client of the modern era came back from the question. */
  async goOn(principal: Principal, { held }: HeldState, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const answer = request.input?.responses[QUESTION] as { action?: unknown } | undefined;
    const view = await this.waits.view(
      principal,
      held,
      answer?.action === 'accept' || !answer ? ROUND_MS : 0,
      exchange.signal,
    );
    if (hasEnded(view)) return this.end(principal, view, request, exchange);
    if (answer && answer.action !== 'accept') return toLink(view);
    return { kind: 'input_required', state: { held } satisfies HeldState };
  }

  private async askNow(
    principal: Principal,
    waiting: WaitingCall,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const ended = await whileAsked(request, exchange, pageOf(waiting), {
      elicitationId: waiting.approvalId,
      progress: 'Waiting for a person to approve this call.',
      withinMs: LONGEST_MS,
      look: async (waitMs, signal) => {
        const view = await this.waits.view(principal, waiting.approvalId, waitMs, signal);
        return hasEnded(view) ? view : undefined;
      },
    });
    return ended ? this.end(principal, ended, request, exchange) : toLink(waiting);
  }

  /** Somebody has signed in for a call that was approved before. @throws AppError UPSTREAM_SIGN_IN_NEEDED */
  async makeNow(principal: Principal, held: ApprovalId, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    await this.held.makeAfterSignIn(principal, held);
    for (const until = performance.now() + LONGEST_MS; ;) {
      const view = await this.waits.view(principal, held, ROUND_MS, exchange.signal);
      if (hasEnded(view)) return this.end(principal, view, request, exchange);
      if (request.era === 'modern') return { kind: 'input_required', state: { held } satisfies HeldState };
      if (exchange.signal.aborted || performance.now() > until) return toLink(view);
    }
  }

  /** What came to nothing since nobody was signed in stays approved, and is told when it was made. */
  private async end(
    principal: Principal,
    view: HeldCallView,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const { approvalId: held, begunAt } = view;
    const needed = signInOf(view);
    if (!needed || !begunAt) return this.tell(view);
    const now = this.clock.ms();
    const unsigned: UnsignedCall = { needed, triedAt: begunAt.getTime(), since: now, goesOn: {}, held };
    const again = () => this.makeNow(principal, held, request, exchange);
    const isBack = await this.signIns.hasSignedIn(principal, unsigned);
    return isBack ? again() : this.signIns.ask(principal, unsigned, request, exchange, again);
  }

  private async tell(view: HeldCallView): Promise<Reply> {
    await this.held.markTold(view.approvalId);
    const { outcome } = toFinishedCall(view);
    if (outcome.status === 'succeeded' || outcome.status === 'failed') {
      const { output, artifacts } = outcome;
      const content = output.content.map((block) => withoutFile(block, artifacts));
      const isError = outcome.status === 'failed';
      return { kind: 'result', text: JSON.stringify({ ...output, content, ...(isError && { isError }) }) };
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

function toLink({
  approvalId,
  url,
  expiresAt,
}: Pick<WaitingCall, 'approvalId' | 'url'> & { expiresAt: Date | null }): Reply {
  const link = textResult(
    `${words} Ask them to decide at ${url} and then make the same call again: it is made once, and its result is kept.`,
    {
      [APPROVAL]: { id: approvalId, url, ...(expiresAt && { expires_at: expiresAt.toISOString() }) },
    },
  );
  links.add(link);
  return link;
}

const pageOf = ({ url }: WaitingCall): Page => ({
  message: `${words} Open the page to see exactly what is to be done, and decide there.`,
  url,
});

const toQuestion = (waiting: WaitingCall): Reply =>
  toUrlQuestion(QUESTION, pageOf(waiting), { held: waiting.approvalId } satisfies HeldState);

/** The bytes were kept as an artifact. */
function withoutFile(block: unknown, artifacts: readonly { id: string; name: string }[]): unknown {
  const { type, file, mimeType } = block as { type?: string; file?: string; mimeType?: string };
  if (file === undefined) return block;
  const kept = artifacts.find(({ name }) => name === file);
  return { type: 'text', text: `${type} ${mimeType}: kept as ${file}${kept ? ` (${kept.id})` : ''}` };
}
