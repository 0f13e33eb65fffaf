import type { Artifact } from '../artifacts/artifact.js';
import type { SignInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';

/** What a later node's references point into: the tool's answer, files left out. */
export interface ToolOutput {
  content: unknown[];
  structuredContent?: unknown;
}

interface Answered {
  /** The first lines of what the tool said, for people. */
  preview: string;
  output: ToolOutput;
  artifacts: Artifact[];
}

export interface CallFault {
  code: string;
  /** Plain, safe to show. */
  message: string;
  /** When another try may help. */
  retryAfterSeconds?: number;
  /** A person has to sign in to the server first. */
  signIn?: SignInNeeded;
}

/** Nothing reached the tool, so that trying again is always safe. */
export interface NotSent {
  status: 'not_sent';
  fault: CallFault;
  transient: boolean;
}

/** No answer came. */
export type Unanswered =
  | NotSent
  /** The call left and its answer never came: it may have had its effect. */
  | { status: 'lost'; fault: CallFault }
  | { status: 'timed_out'; afterMs: number }
  /** Cut short on our side; `sent`: it may have had its effect. */
  | { status: 'cancelled'; sent: boolean };

export type ToolOutcome =
  | ({ status: 'succeeded' } & Answered)
  /** The tool answered that it could not. */
  | ({ status: 'failed'; fault: CallFault } & Answered)
  | Unanswered;

/** Whether it is sure that nothing reached the tool. */
export const isUnsent = ({ status, sent }: { status: string; sent?: boolean }): boolean =>
  status === 'not_sent' || (status === 'cancelled' && sent === false);
