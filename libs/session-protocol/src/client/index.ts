/** The client of the session protocol, for browsers and Node. It needs nothing but the platform. */
export { reconnectDelay } from './backoff.js';
export type { LinkState, LinkStatus } from './connection.js';
export { CommandError, ConnectionRefused } from './errors.js';
export { isRecord, readFrame, toFrame, type WireFrame } from './frames.js';
export { newId } from './ids.js';
export type { SendOptions } from './outbox.js';
export {
  type CommandResult,
  connectSession,
  type CredentialRequest,
  type EventPayload,
  type EventType,
  type SessionClient,
  type SessionOptions,
} from './session-client.js';
export { type Credential, type Io, type SocketConstructor, socketIo, type Transport, webSocket } from './transports.js';
