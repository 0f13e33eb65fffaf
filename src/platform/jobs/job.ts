import type { z } from 'zod';

export interface JobDefinition<Payload extends object> {
  /** `<context>.<verb>_<noun>` */
  name: string;
  /** Ids only: the rows are the truth. */
  payload: z.ZodType<Payload>;
  attempts: number;
  timeoutMs: number;
}

export const defineJob = <Payload extends object>(definition: JobDefinition<Payload>): JobDefinition<Payload> =>
  definition;

export interface JobRun {
  /** Aborted at the job's deadline and when the process stops. */
  signal: AbortSignal;
}

/** Runs one kind of job. May be called twice for one job, also at the same time after a take-over. */
export abstract class JobHandler<Payload extends object = object> {
  abstract readonly job: JobDefinition<Payload>;
  abstract run(payload: Payload, run: JobRun): Promise<void>;
}
