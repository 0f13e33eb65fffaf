import { UpstreamError } from '@app/mcp-client';
import { CODES, type ErrorReply, ProtocolError, type Reply, type ResultReply } from '@app/mcp-gateway';
import { AppError } from '../../platform/errors/app-error.js';
import { readSignInNeeded, type SignInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import { faultOf } from '../execution/execution.errors.js';
import type { RelayOutcome } from '../execution/relay.js';

/** What became of a request that was handed on, but for what it has to be rewritten. */
export function toReply(outcome: RelayOutcome): Reply {
  switch (outcome.status) {
    case 'answered': {
      const { text, resultType } = outcome.answer;
      return { kind: 'result', text, resultType };
    }
    case 'refused':
      return { kind: 'error', ...outcome.error };
    default: {
      const { code, message, signIn } = faultOf(outcome);
      return failure({ code, message, signIn });
    }
  }
}

/** The same of a call of a tool: that no answer came, a model should hear. */
export function toToolReply(outcome: RelayOutcome): Reply {
  if (outcome.status === 'answered' || outcome.status === 'refused') return toReply(outcome);
  const { code, message } = faultOf(outcome);
  return toolFailure(code, message);
}

/** A result by which a model learns that the call came to nothing, and why. */
export const toolFailure = (code: string, message: string): ResultReply => ({
  kind: 'result',
  text: JSON.stringify({ content: [{ type: 'text', text: message }], isError: true, _meta: { [ERROR]: { code } } }),
});

/** What we refused, or what went wrong on our side before anything was sent. */
export function toRefusal(error: unknown): Reply {
  if (!(error instanceof AppError) || error.kind === 'internal') throw error;
  const { kind, code, message } = error;
  return NO_SUCH.has(code)
    ? invalidParams(message, { code })
    : kind === 'rate_limited'
      ? busy(error)
      : toolFailure(code, withLink(message, readSignInNeeded(error)));
}

/** The same of what is no call of a tool, in the words of JSON-RPC. */
export function toRpcError(error: unknown): ErrorReply {
  if (!(error instanceof AppError) || error.kind === 'internal') throw error;
  const { code, message } = error;
  const signIn = readSignInNeeded(error);
  return signIn ? failure({ code, message, signIn }) : invalidParams(message, { code });
}

interface Failure {
  code: string;
  message: string;
  signIn: SignInNeeded | undefined;
}

const failure = ({ code, message, signIn }: Failure): ErrorReply => ({
  kind: 'error',
  code: CODES.internal,
  message: withLink(message, signIn),
  data: { code, ...(signIn && { url: signIn.url }) },
});

/** Whoever reads it has no page of ours before them. */
const withLink = (message: string, signIn: SignInNeeded | undefined): string =>
  signIn ? `${message} ${signIn.url}` : message;

export const invalidParams = (message: string, data?: unknown): ErrorReply => ({
  kind: 'error',
  code: CODES.invalidParams,
  message,
  ...(data !== undefined && { data }),
});

const busy = ({ code, message, retryAfterSeconds }: AppError): ErrorReply => ({
  kind: 'error',
  code: CODES.internal,
  message,
  data: { code, ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }) },
});

const NO_SUCH = new Set(['SERVER_NOT_FOUND', 'TOOL_NOT_FOUND']);
/** The name of our entry in `_meta`, as MCP has keys of others be prefixed. */
const ERROR = 'switchyard/error';

/** What a list, which is no reply, fails with: what a server or we know of it; anything else as it is. */
export function toProtocolError(error: unknown): unknown {
  const isKnown = error instanceof UpstreamError || (error instanceof AppError && error.kind !== 'internal');
  if (!isKnown) return error;
  const { code, message } = error;
  const said = failure({ code, message, signIn: readSignInNeeded(error) });
  return new ProtocolError(said.code, said.message, { data: said.data });
}
