import { randomUUID } from 'node:crypto';
import type { Interruption } from '@app/mcp-client';
import type { ClientRequest, Exchange, Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Hints } from '../../platform/hints/hints.js';
import { nextHint } from '../../platform/hints/next-hint.js';
import type { ApprovalId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { ServerSignIns } from '../registry/server-sign-ins.service.js';
import { readSignInNeeded, type SignInNeeded, signInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import type { GoesOn } from './call-passes.service.js';
import { canElicit } from './client-side.js';
import { LONGEST_MS, type Page, ROUND_MS, toUrlQuestion, whileAsked } from './url-questions.js';

/** A call that waits for a sign-in, so that nothing of it was sent. */
export interface UnsignedCall {
  needed: SignInNeeded;
  /** When it was tried, and since when it waits, in ms. */
  triedAt: number;
  since: number;
  goesOn: GoesOn;
  /** A person approved it, and that still counts. */
  held?: ApprovalId;
}

/** What travels with a client of the modern era between its question and its answer. */
export interface SignInState {
  signIn: UnsignedCall;
}

const QUESTION = 'sign_in';
/** Hints may be lost. */
const LOOK_MS = 1_000;

/** Calls of servers that somebody has to sign in to: clients that open pages are sent to the server's, and the call goes on. */
@Injectable()
export class SignInsOfCalls {
  constructor(
    private readonly signIns: ServerSignIns,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /**
   * @param again makes the call when somebody has signed in
   * @throws AppError UPSTREAM_SIGN_IN_NEEDED for a client that cannot be sent to a page, or does not wait
   */
  async ask(
    { userId }: Principal,
    call: UnsignedCall,
    request: ClientRequest,
    exchange: Exchange,
    again: () => Promise<Reply>,
  ): Promise<Reply> {
    const { needed, since } = call;
    const withinMs = since + LONGEST_MS - this.clock.ms();
    if (!canElicit(request.clientCapabilities, 'url') || withinMs <= 0) throw signInNeeded(needed);
    if (request.era === 'modern') {
      return toUrlQuestion(QUESTION, pageOf(needed), { signIn: call } satisfies SignInState);
    }
    if (!exchange.ask) throw signInNeeded(needed);
    const isBack = await whileAsked(request, exchange, pageOf(needed), {
      elicitationId: randomUUID(),
      progress: 'Waiting for a person to sign in to the server.',
      withinMs,
      look: async (waitMs, signal) => (await this.isBack(call, userId, waitMs, signal)) || undefined,
    });
    if (!isBack) throw signInNeeded(needed);
    return again();
  }

  /**
   * A request that is no call of a tool.
   * @param make throws UPSTREAM_SIGN_IN_NEEDED as long as nobody is signed in, and then sends nothing
   * @throws as `ask`
   */
  async through(
    principal: Principal,
    request: ClientRequest,
    exchange: Exchange,
    goesOn: GoesOn,
    make: (goesOn: GoesOn) => Promise<Reply>,
  ): Promise<Reply> {
    const attempt = async (given: GoesOn, since?: number): Promise<Reply> => {
      const triedAt = this.clock.ms();
      try {
        return await make(given);
      } catch (error) {
        const needed = readSignInNeeded(error);
        if (!needed) throw error;
        const unsigned = { needed, triedAt, since: since ?? triedAt, goesOn: given };
        return this.ask(principal, unsigned, request, exchange, () => attempt(given, unsigned.since));
      }
    };
    const { signIn } = (request.input?.state ?? {}) as Partial<SignInState>;
    if (!signIn) return attempt(goesOn);
    return (await this.goOn(principal, { signIn }, request, exchange)) ?? attempt(signIn.goesOn, signIn.since);
  }

  /**
   * A client of the modern era came back from the question.
   * @returns undefined where the call can be made now
   * @throws AppError UPSTREAM_SIGN_IN_NEEDED where it does not wait
   */
  async goOn(
    { userId }: Principal,
    { signIn: call }: SignInState,
    request: ClientRequest,
    exchange: Exchange,
  ): Promise<Reply | undefined> {
    const answer = request.input?.responses[QUESTION] as { action?: unknown } | undefined;
    if (answer && answer.action !== 'accept') throw signInNeeded(call.needed);
    if (await this.isBack(call, userId, ROUND_MS, exchange.signal)) return undefined;
    if (this.clock.ms() > call.since + LONGEST_MS) throw signInNeeded(call.needed);
    return { kind: 'input_required', state: { signIn: call } satisfies SignInState };
  }

  /** Whether somebody has signed in since it was tried. */
  async hasSignedIn({ userId }: Principal, { needed: { serverId }, triedAt }: UnsignedCall): Promise<boolean> {
    return this.signIns.watch(serverId, userId, new Date(triedAt)).isBack();
  }

  private async isBack(
    { needed: { serverId }, triedAt }: UnsignedCall,
    userId: Principal['userId'],
    waitMs: number,
    signal: Interruption,
  ): Promise<boolean> {
    const { topic, isBack } = this.signIns.watch(serverId, userId, new Date(triedAt));
    for (const until = performance.now() + waitMs; ;) {
      if (await isBack()) return true;
      const leftMs = until - performance.now();
      if (leftMs <= 0 || signal.aborted) return false;
      await nextHint(this.hints, topic, Math.min(leftMs, LOOK_MS), signal);
    }
  }
}

const pageOf = ({ reason, serverName, url }: SignInNeeded): Page => ({
  url,
  message: `${reason} Open the page of ${serverName} and sign in there: the call then goes on.`,
});
