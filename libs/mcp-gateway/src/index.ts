export { AesSealer } from './aes-sealer.js';
export type {
  AskOptions,
  CacheScope,
  ClientRequest,
  Era,
  ErrorReply,
  Exchange,
  InputRequiredReply,
  Listed,
  ListPage,
  McpBackend,
  Notification,
  Question,
  Reply,
  RequestInput,
  ResultReply,
  ServerDescription,
  SubscriptionFilter,
} from './backend.js';
export { type HandleOptions, McpEndpoint, type McpEndpointParts } from './endpoint.js';
export type { Interruption } from './interruption.js';
export { isObject, type JsonObject } from './json/json.js';
export { QuestionFailed } from './legacy/questions.js';
export { mayBeNoObject, wrapSchema, wrapStructured } from './legacy/structured-output.js';
export { type Limits, LIMITS } from './limits.js';
export { type ParamHeader, readParamHeaders } from './modern/param-headers.js';
export type { Courier, Sealer, SessionRecord, SessionStore } from './ports.js';
export { CODES, ProtocolError } from './protocol-error.js';
export { SUPPORTED_VERSIONS } from './revisions.js';
