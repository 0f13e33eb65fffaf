import pg from 'pg';
import { ambientFields } from '../../src/platform/logging/logger.js';

/** Counts the statements that are sent to PostgreSQL on behalf of each request, by its id. */
export class Statements {
  private readonly byRequest = new Map<string, string[]>();
  private readonly original: (this: pg.Client, ...given: unknown[]) => unknown;

  constructor() {
    const prototype = pg.Client.prototype as unknown as { query: Statements['original'] };
    const original = prototype.query;
    const note = (statement: unknown) => this.note(statement);
    this.original = original;
    prototype.query = function query(this: pg.Client, ...given: unknown[]) {
      note(given[0]);
      return original.apply(this, given);
    };
  }

  of(requestId: string): readonly string[] {
    return this.byRequest.get(requestId) ?? [];
  }

  stop(): void {
    (pg.Client.prototype as unknown as { query: Statements['original'] }).query = this.original;
  }

  private note(statement: unknown): void {
    const { requestId } = ambientFields();
    if (requestId === undefined) return;
    const text = typeof statement === 'string' ? statement : String((statement as { text?: string } | null)?.text);
    this.byRequest.set(requestId, [...this.of(requestId), text]);
  }
}
