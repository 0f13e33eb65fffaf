import type { Soon } from '@app/soon';
import type { JsonObject } from './json/json.js';

/** A session of the legacy era: plain, so that any process can serve it. */
export interface SessionRecord {
  id: string;
  /** Whose it is, as the host says it; under another key it does not exist. */
  key: string;
  version: string;
  clientInfo: JsonObject | undefined;
  clientCapabilities: JsonObject;
  logLevel: string | undefined;
  /** Addresses of resources whose changes the client wants to hear of. */
  resources: readonly string[];
  createdAt: number;
  lastUsedAt: number;
}

/** Keeps sessions, for all processes. */
export interface SessionStore {
  create(session: SessionRecord): Promise<void>;
  find(id: string): Promise<SessionRecord | undefined>;
  /** Of one that is gone nothing happens. */
  change(id: string, change: Partial<Pick<SessionRecord, 'logLevel' | 'resources'>>): Promise<void>;
  /** Told now and then, not at each use. */
  touch(id: string, lastUsedAt: number): Promise<void>;
  /** @returns whether there was one */
  remove(id: string): Promise<boolean>;
}

/** Carries small messages between processes. What gets lost is made good by deadlines. */
export interface Courier {
  publish(topic: string, message: JsonObject): void;
  /** @returns what ends it */
  subscribe(topic: string, listener: (message: JsonObject) => void): () => void;
}

/** Hides what passes through the client's hands, and knows its own again. */
export interface Sealer {
  seal(text: string): Soon<string>;
  /** Undefined for what was not sealed here. */
  open(sealed: string): Soon<string | undefined>;
}
