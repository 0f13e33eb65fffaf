export type { Authorization } from './authorization.js';
export type {
  Answer,
  CallListeners,
  CallOptions,
  LogMessage,
  Progress,
  Question,
  ToolCall,
  ToolDefinition,
  ToolResult,
  WaitOptions,
} from './call.js';
export type { Listed } from './beside.js';
export { RequestRefused } from './current-call.js';
export { Deadline } from './deadline.js';
export type { Interruption } from './interruption.js';
export { UpstreamPool, type UpstreamPoolOptions } from './pool.js';
export { probe, type ProbeCheck, type ProbeCheckName, type ProbeOptions, type ProbeReport } from './probe.js';
export type { RawResult } from './raw-result.js';
export type { RelayedAnswer, RelayOptions, RelayRequest } from './relay/relay.js';
export { UpstreamSession } from './session.js';
export { type Launch, ProcessSlots } from './stdio/launch.js';
export type { ClientInfo, Protocol, UpstreamTarget } from './target.js';
export type { ToolsVersion } from './tools-version.js';
export { type Challenge, UpstreamError, type UpstreamErrorCode, type UpstreamErrorFacts } from './upstream-error.js';
export { MAX_ANSWER_BYTES } from './upstream-fetch.js';
