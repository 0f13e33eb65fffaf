import type { Pulse } from '@app/soon';
import type { McpBackend } from './backend.js';
import type { Limits } from './limits.js';
import type { Courier, Sealer, SessionStore } from './ports.js';
import type { Requests } from './requests.js';
import type { Running } from './running.js';

/** What the doors of both eras work with. */
export interface Equipment<Caller> {
  backend: McpBackend<Caller>;
  sessions: SessionStore;
  courier: Courier;
  sealer: Sealer;
  onError: (error: unknown) => void;
  limits: Limits;
  pulse: Pulse;
  running: Running;
  requests: Requests<Caller>;
}
