import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpBackend } from './backend.js';
import type { Courier, Sealer, SessionStore } from './ports.js';

export interface McpEndpointParts<Caller> {
  backend: McpBackend<Caller>;
  sessions: SessionStore;
  courier: Courier;
  sealer: Sealer;
  /** Hears of what went wrong on our side; clients hear of it in general words. */
  onError?: (error: unknown) => void;
}

export interface HandleOptions {
  /** Who it is, and where: sessions and sealed states belong to it. Never sent to anyone. */
  key: string;
  /** The body, where the host has read it already. */
  body?: Buffer | undefined;
}

/** One address that speaks MCP, every revision of it over Streamable HTTP. Authentication, Host and Origin are the host's. */
export class McpEndpoint<Caller> {
  constructor(readonly parts: McpEndpointParts<Caller>) {}

  /** Answers, also where it fails; settles when the answer was handed to the connection or the stream has been opened. */
  handle(
    _request: IncomingMessage,
    _response: ServerResponse,
    _caller: Caller,
    _options: HandleOptions,
  ): Promise<void> {
    return Promise.reject(new Error('Not built yet.'));
  }

  /** Ends streams, waits for what runs, and interrupts what still does when the time is up. */
  close(_options: { graceMs: number }): Promise<void> {
    return Promise.resolve();
  }
}
