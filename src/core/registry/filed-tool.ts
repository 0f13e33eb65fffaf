import type { ApprovalPolicy } from '../approvals/approval-policy.js';
import type { PinnedTool } from './tool-definition.js';

/** A tool as a file has it. */
export interface FiledTool {
  name: string;
  pin: string;
  definition: PinnedTool;
  /** Overrides the server's; null: none. */
  approvalPolicy: ApprovalPolicy | null;
}
