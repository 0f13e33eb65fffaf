/** Injection tokens of what is a value, not a class. */
export const CONFIG = Symbol('Config');
export const CONNECTION = Symbol('DatabaseConnection');
/** The `RedisLink` of this process; null where there is no Redis. */
export const REDIS = Symbol('Redis');
/** A `worker_…` id, new at each start. */
export const PROCESS_ID = Symbol('ProcessId');
/** Where this instance answers, e.g. `http://localhost:8080`, known once it listens. */
export const ORIGIN = Symbol('Origin');

export interface Origin {
  url: string;
}
