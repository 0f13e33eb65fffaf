import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { UserId } from '../../platform/ids.js';
import type { ToolOutcome } from '../execution/tool-outcome.js';
import { ServerSignIns } from '../registry/server-sign-ins.service.js';
import type { TaskNodeRecord } from './plan.js';
import { QuestionsService } from './questions.service.js';

/** A server that asks for more rights each time is not followed for ever. */
const MOST_SIGN_INS = 3;
/** It ended while it waited. */
const NOT_MADE: ToolOutcome = { status: 'cancelled', sent: false };

/** Calls of servers that somebody has to sign in to: they wait for that, and go on. */
@Injectable()
export class SignedInCalls {
  constructor(
    private readonly signIns: ServerSignIns,
    private readonly questions: QuestionsService,
    private readonly clock: Clock,
  ) {}

  /** @param call sends nothing as long as nobody is signed in, so it may be made again */
  async call(
    node: TaskNodeRecord,
    userId: UserId,
    signal: AbortSignal,
    call: () => Promise<ToolOutcome>,
  ): Promise<ToolOutcome> {
    for (let waits = 0; ; waits += 1) {
      const since = this.clock.now();
      const outcome = await call();
      const needed = outcome.status === 'not_sent' ? outcome.fault.signIn : undefined;
      if (!needed || waits === MOST_SIGN_INS) return outcome;
      if (signal.aborted) return NOT_MADE;
      const account = this.signIns.watch(needed.serverId, userId, since);
      const { action } = await this.questions.askToSignIn(node, needed, account, signal);
      if (signal.aborted) return NOT_MADE;
      if (action !== 'accept') return outcome;
    }
  }
}
