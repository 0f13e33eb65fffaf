import { AsyncLocalStorage } from 'node:async_hooks';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { AppError } from '../errors/app-error.js';

interface OpenTransaction {
  runner: QueryRunner;
  afterCommit: (() => void)[];
}

/** serialization_failure, deadlock_detected: the whole transaction may simply run again. */
const RUN_AGAIN = new Set(['40001', '40P01']);
const ATTEMPTS = 4;

/** The one class that knows about transactions. */
export class Database {
  private readonly current = new AsyncLocalStorage<OpenTransaction>();

  private readonly pooled: EntityManager;

  constructor(private readonly source: DataSource) {
    this.pooled = tellingFaults(source.manager);
  }

  /** What repositories use for entities: the open transaction if there is one, the pool otherwise. */
  get entities(): EntityManager {
    return this.current.getStore()?.runner.manager ?? this.pooled;
  }

  /**
   * Plain SQL for the hot paths; the rows, whatever the statement.
   * @param name of a statement that is run all the time: each connection plans it once
   */
  async sql<Row = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<Row[]> {
    const open = this.current.getStore();
    const runner = open?.runner ?? this.source.createQueryRunner();
    try {
      if (name === undefined) return (await runner.query(text, [...values], true)).records as Row[];
      const client = (await runner.connect()) as pg.ClientBase;
      return (await client.query({ name, text, values: [...values] })).rows as Row[];
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      if (!open) await runner.release();
    }
  }

  /**
   * Many rows at once, which cost Postgres about half of what an insert does; all of them or none.
   * @param statement `copy … from stdin`
   * @param lines in Postgres' text format, see `copyLine`; they must not change meanwhile
   */
  async copy(statement: string, lines: Buffer): Promise<void> {
    const open = this.current.getStore();
    const runner = open?.runner ?? this.source.createQueryRunner();
    try {
      const client = (await runner.connect()) as pg.ClientBase;
      const stream = client.query(copyFrom(statement));
      stream.end(lines);
      await finished(stream);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      if (!open) await runner.release();
    }
  }

  /** Joins the open transaction if there is one. `work` makes no network call and may be called again after a deadlock. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.current.getStore()) return work();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt >= ATTEMPTS || !RUN_AGAIN.has(codeOf(error))) throw error;
      }
    }
  }

  /** For nudges that may be lost: at once outside a transaction, never after a rollback. */
  afterCommit(notify: () => void): void {
    const open = this.current.getStore();
    if (open) open.afterCommit.push(notify);
    else notify();
  }

  private async once<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const open: OpenTransaction = { runner, afterCommit: [] };
    let result: T;
    try {
      await runner.startTransaction();
      result = await this.current.run(open, work);
      await runner.commitTransaction();
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw asUnavailable(error);
    } finally {
      await runner.release().catch(() => undefined);
    }
    for (const notify of open.afterCommit) notify();
    return result;
  }
}

/** Outside a transaction nobody else is there to say that the database is away. Query builders are not covered. */
function tellingFaults(manager: EntityManager): EntityManager {
  return new Proxy(manager, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const result: unknown = value.apply(target, given);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          throw asUnavailable(error);
        });
      };
    },
  });
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

const CONNECTION_FAULTS = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
/** Classes 08 (connection), 53 (resources), 57P (the server is going or coming), 58 (system). */
const SERVER_FAULTS = /^(08|53|57P|58)/;
const DISK_FULL = '53100';
/** internal_error: what a quota or a limit of the file's size comes as. */
const OTHER_FAULT = 'XX000';
const NO_ROOM = /^could not (extend|write)/;
const BROKEN =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query runner already released/;

function asUnavailable(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const broken = error instanceof Error && BROKEN.test(error.message);
  if (code === DISK_FULL || (code === OTHER_FAULT && NO_ROOM.test((error as Error).message)))
    return databaseFull(error);
  if (!CONNECTION_FAULTS.has(code) && !SERVER_FAULTS.test(code) && !broken) return error;
  return databaseUnavailable(error);
}

const UNAVAILABLE = 'DATABASE_UNAVAILABLE';
const FULL = 'DATABASE_FULL';

export const databaseUnavailable = (cause: unknown): AppError =>
  new AppError('unavailable', UNAVAILABLE, 'The database does not answer just now. Try again.', {
    cause,
    retryAfterSeconds: 2,
  });

const databaseFull = (cause: unknown): AppError =>
  new AppError('unavailable', FULL, 'The database has no room left, so nothing was stored. Try again later.', {
    cause,
    retryAfterSeconds: 10,
  });

/** It is away, or takes nothing new: what was to be stored may be tried again. */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  error instanceof AppError && (error.code === UNAVAILABLE || error.code === FULL);

/** Postgres unique_violation (23505) on the named constraint. */
export const isUniqueViolation = (error: unknown, constraint: string): boolean => {
  const fault = error as { code?: string; constraint?: string } | null;
  return fault?.code === '23505' && fault.constraint === constraint;
};
