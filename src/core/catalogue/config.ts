import type { ConfigValue } from '../registry/credentials.js';

/** What was entered for a service. */
export type Config = Readonly<Record<string, ConfigValue>>;

/** Something that was entered and cannot be used; never repeats the value. */
export interface ConfigProblem {
  key: string;
  message: string;
}
