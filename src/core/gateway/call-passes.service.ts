import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { RelayedCall, WantedRelay } from '../execution/relay.js';
import type { WaitingCall } from '../execution/tool-call.js';

/** A call was let through, and its server asked something first: by this it goes on, once. */
export interface CallPass {
  id: string;
  /** What it was let through by. */
  rule: string;
}

/** What a call goes on with. */
export interface GoesOn {
  input?: WantedRelay['input'];
  /** None where nothing was let through yet. */
  pass?: CallPass | undefined;
}

type Made = RelayedCall | WaitingCall;

export const newPass = (rule: string): CallPass => ({ id: randomUUID(), rule });

/** A pass travels with its client, sealed, and may come back any number of times, to any process: the first one counts. */
@Injectable()
export class CallPasses {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param call is told what lets it through; undefined: it has to be let through anew, as any other */
  async use(pass: CallPass, call: (rule: string | undefined) => Promise<Made>): Promise<Made> {
    if (!(await this.take(pass))) return call(undefined);
    try {
      const made = await call(pass.rule);
      if (made.status !== 'made' || made.outcome.status === 'not_sent') await this.giveBack(pass);
      return made;
    } catch (error) {
      // What was refused was not sent; of what nobody foresaw that is not known.
      if (error instanceof AppError && error.kind !== 'internal') await this.giveBack(pass);
      throw error;
    }
  }

  private async take({ id }: CallPass): Promise<boolean> {
    const taken = await this.database.sql(
      'insert into used_call_passes (id, used_at) values ($1, $2) on conflict do nothing returning 1',
      [id, this.clock.now()],
    );
    return taken.length > 0;
  }

  private async giveBack({ id }: CallPass): Promise<void> {
    await this.database.sql('delete from used_call_passes where id = $1', [id]);
  }
}
