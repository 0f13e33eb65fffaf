import type { ClientRequest, Exchange, Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import type { ApprovalId } from '../../platform/ids.js';
import { toFinishedCall } from '../execution/held-call-answer.js';
import { hasEnded, HeldCallWaits } from '../execution/held-call-waits.service.js';
import { HeldCalls } from '../execution/held-calls.service.js';
import type { HeldCallView } from '../execution/held-call.js';
import type { WaitingCall } from '../execution/tool-call.js';
import type { Principal } from '../identity/principal.js';
import { canElicit } from './client-side.js';
import { textResult, toolFailure } from './replies.js';
import { faultOf } from '../execution/execution.errors.js';

/** What travels with a client of the modern era between its question and its answer. */
export interface HeldState {
  held: ApprovalId;
}

/** A client of the modern era is let go now and then, so that no proxy on the way ends its wait. */
const ROUND_MS = 45_000;
const TELL_MS = 10_000;
/** Nobody keeps a call open for longer. */
const LONGEST_MS = 30 * 60_000;
const QUESTION = 'approval';

/** Calls that wait for a person, for clients that have no screen for that: they are sent to ours. */
@Injectable()
export class ApprovalsOfCalls {
  constructor(
    private readonly held: HeldCalls,
    private readonly waits: HeldCallWaits,
  ) {}

  /** A call has just been held, or is asked for again. */
  async ask(principal: Principal, waiting: WaitingCall, request: ClientRequest, exchange: Exchange): Promise<Reply> {
    const view = await this.waits.view(principal, waiting.approvalId, 0, exchange.signal);
    if (hasEnded(view)) return this.tell(view);
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
    if (hasEnded(view)) return this.tell(view);
    if (answer && answer.action !== 'accept') return toLink({ ...view });
    return { kind: 'input_required', state: { held } satisfies HeldState };
  }

  /** The question stands in the client while we wait for the decision, whatever it says first. */
  private async askNow(
    principal: Principal,
    waiting: WaitingCall,
    { progressToken }: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply> {
    const answered = new AbortController();
    // Ends with the client's wait, and when it does not want to be asked.
    const waits = new AbortController();
    const leave = () => waits.abort();
    exchange.signal.addEventListener('abort', leave, { once: true });
    const elicitationId = waiting.approvalId;
    exchange
      .ask?.({ method: 'elicitation/create', params: urlQuestion(waiting, elicitationId) }, { signal: answered.signal })
      .then(({ action }) => {
        if (action !== 'accept') leave();
      }, leave);
    const until = performance.now() + LONGEST_MS;
    for (let told = 0; ; told += 1) {
      const view = await this.waits.view(principal, waiting.approvalId, TELL_MS, waits.signal);
      if (hasEnded(view)) {
        answered.abort();
        exchange.notify('notifications/elicitation/complete', { elicitationId });
        return this.tell(view);
      }
      if (waits.signal.aborted || exchange.signal.aborted || performance.now() > until) return toLink(waiting);
      if (progressToken !== undefined)
        exchange.progress({ progress: told, message: 'Waiting for a person to approve this call.' });
    }
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

const links = new WeakSet<Reply>();

/** Whether a reply only says where to decide; no words of a server make it one. */
export const isLink = (reply: Reply): boolean => links.has(reply);

const words = 'A person has to approve this call.';

const toLink = ({
  approvalId,
  url,
  expiresAt,
}: Pick<WaitingCall, 'approvalId' | 'url'> & { expiresAt: Date | null }): Reply => {
  const link = textResult(
    `${words} Ask them to decide at ${url} and then make the same call again: it is made once, and its result is kept.`,
    {
      [APPROVAL]: { id: approvalId, url, ...(expiresAt && { expires_at: expiresAt.toISOString() }) },
    },
  );
  links.add(link);
  return link;
};

const urlQuestion = ({ url }: WaitingCall, elicitationId: string) => ({
  mode: 'url',
  message: `${words} Open the page to see exactly what is to be done, and decide there.`,
  url,
  elicitationId,
});

const toQuestion = (waiting: WaitingCall): Reply => {
  const { elicitationId: _, ...params } = urlQuestion(waiting, '');
  return {
    kind: 'input_required',
    inputRequests: { [QUESTION]: { method: 'elicitation/create', params } },
    state: { held: waiting.approvalId } satisfies HeldState,
  };
};

/** The bytes were kept as an artifact. */
function withoutFile(block: unknown, artifacts: readonly { id: string; name: string }[]): unknown {
  const { type, file, mimeType } = block as { type?: string; file?: string; mimeType?: string };
  if (file === undefined) return block;
  const kept = artifacts.find(({ name }) => name === file);
  return { type: 'text', text: `${type} ${mimeType}: kept as ${file}${kept ? ` (${kept.id})` : ''}` };
}
