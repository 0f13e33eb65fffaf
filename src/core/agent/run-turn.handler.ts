import { Injectable } from '@nestjs/common';
import type { SessionId, TurnId } from '../../platform/ids.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { runTurn } from './run-turn.job.js';
import { TurnRunner } from './turn-runner.js';

@Injectable()
export class RunTurnHandler extends JobHandler<{ sessionId: string; turnId: string }> {
  readonly job = runTurn;

  constructor(private readonly runner: TurnRunner) {
    super();
  }

  async run({ sessionId, turnId }: { sessionId: string; turnId: string }, { signal }: JobRun): Promise<void> {
    await this.runner.run(sessionId as SessionId, turnId as TurnId, signal);
  }
}
