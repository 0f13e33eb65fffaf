/** When a tool call needs a person; kept with the server. */
export const APPROVAL_POLICIES = [
  'require_approval_all',
  'require_approval_writes',
  'require_approval_changed',
  'auto_approve',
] as const;
export type ApprovalPolicy = (typeof APPROVAL_POLICIES)[number];

export interface PolicyQuestion {
  policy: ApprovalPolicy;
  /** What the tool's definition claims. */
  readOnly: boolean;
  /** Somebody with the right role approved exactly this definition. */
  definitionApproved: boolean;
}

/** The rule that lets the call run without a person, or undefined: ask. */
export function automaticRule({ policy, readOnly, definitionApproved }: PolicyQuestion): string | undefined {
  switch (policy) {
    case 'require_approval_all':
      return undefined;
    case 'require_approval_writes':
      return readOnly ? 'read-only tools of this server run without asking' : undefined;
    case 'require_approval_changed':
      return definitionApproved ? 'this definition of the tool was approved' : undefined;
    case 'auto_approve':
      return 'this server runs without asking';
    default:
      return policy satisfies never;
  }
}
