import { useMutation } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { toolsChanged } from '../api/queries.js';
import { POLICIES } from '../api/tool-types.js';
import type { ApprovalPolicy, McpServer, Tool } from '../api/types.js';
import { mayOn } from '../servers/access-words.js';
import { POLICY_WORDS } from '../servers/server-words.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { toolPath } from './tool-words.js';

/** When calls of this one tool ask: as the server says, or otherwise. */
export function ToolPolicy({ server, tool }: { server: McpServer; tool: Tool }) {
  const manages = useMay('tools.decide') && mayOn(server, 'manage');
  const changing = useMutation({
    mutationFn: (policy: ApprovalPolicy | null) =>
      call('PATCH', toolPath(server.id, tool.name), { body: { approval_policy: policy } }),
    onSettled: () => toolsChanged(server.id),
  });
  const own = tool.approval_policy ?? '';
  const inherited = server.approval_policy === undefined ? '' : `: ${POLICY_WORDS[server.approval_policy]}`;
  if (!manages) {
    if (tool.effective_policy === undefined) return null;
    return <p>Approval: {POLICY_WORDS[tool.effective_policy]}.</p>;
  }
  return (
    <div className="narrow-form">
      <Field label="Approval of its calls">
        <select
          className="input"
          value={changing.isPending ? (changing.variables ?? '') : own}
          disabled={changing.isPending}
          onChange={(event) => changing.mutate((event.target.value || null) as ApprovalPolicy | null)}
        >
          <option value="">as the server{inherited}</option>
          {POLICIES.map((policy) => (
            <option key={policy} value={policy}>
              {POLICY_WORDS[policy]}
            </option>
          ))}
        </select>
      </Field>
      {changing.isError && <ErrorNote error={changing.error} />}
    </div>
  );
}
