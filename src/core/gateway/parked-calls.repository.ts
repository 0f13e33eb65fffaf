import type { JsonObject, Reply } from '@app/mcp-gateway';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

export interface ParkedCall {
  /** Counts the times that its server asked. */
  round: number;
  questions: JsonObject;
  /** To the questions of this round. */
  answers: JsonObject | null;
  /** Once it has ended. */
  reply: Reply | null;
  /** Its process says so as long as it lives. */
  aliveUntil: Date;
}

@Injectable()
export class ParkedCallsRepository {
  constructor(private readonly database: Database) {}

  /** The questions of a new round. */
  async ask(id: string, round: number, questions: JsonObject, times: { now: Date; aliveUntil: Date }): Promise<void> {
    await this.database.sql(
      `insert into parked_calls (id, round, questions, alive_until, created_at) values ($1, $2, $3, $4, $5)
       on conflict (id) do update set round = excluded.round, questions = excluded.questions, answers = null,
         alive_until = excluded.alive_until`,
      [id, round, JSON.stringify(questions), times.aliveUntil, times.now],
    );
  }

  async find(id: string): Promise<ParkedCall | undefined> {
    const [found] = await this.database.sql<ParkedCall>(
      'select round, questions, answers, reply, alive_until as "aliveUntil" from parked_calls where id = $1',
      [id],
    );
    return found;
  }

  /** For its process to find; the first answer to a round counts. */
  async answer(id: string, round: number, answers: JsonObject): Promise<void> {
    await this.database.sql(
      'update parked_calls set answers = $3 where id = $1 and round = $2 and answers is null and reply is null',
      [id, round, JSON.stringify(answers)],
    );
  }

  async end(id: string, reply: Reply): Promise<void> {
    await this.database.sql('update parked_calls set reply = $2 where id = $1', [id, JSON.stringify(reply)]);
  }

  async keepAlive(ids: readonly string[], until: Date): Promise<void> {
    await this.database.sql('update parked_calls set alive_until = $2 where id = any($1)', [ids, until]);
  }
}
