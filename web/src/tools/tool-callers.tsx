import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { membersQuery, useMay } from '../api/identity-queries.js';
import type { Role } from '../api/identity-types.js';
import { toolsChanged } from '../api/queries.js';
import type { McpServer, Tool, ToolCallers as Callers } from '../api/types.js';
import { mayOn } from '../servers/access-words.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { visible } from '../ui/visible.js';
import { toolPath } from './tool-words.js';

interface Change {
  least_role: Role | null;
  users: string[] | null;
}

const CHOICES = [
  ['', 'whoever may use the server'],
  ['developer', 'developers, admins and owners'],
  ['admin', 'admins and owners'],
  ['owner', 'owners'],
  ['named', 'only people who are named'],
] as const;

const choiceOf = (callers: Callers | null | undefined): string => (callers ? (callers.least_role ?? 'named') : '');

/** Who may call this one tool, of those who may use its server. */
export function ToolCallers({ server, tool }: { server: McpServer; tool: Tool }) {
  const manages = useMay('tools.decide') && mayOn(server, 'manage');
  const changing = useMutation({
    mutationFn: (change: Change) => call('PUT', `${toolPath(server.id, tool.name)}/callers`, { body: change }),
    onSettled: () => toolsChanged(server.id),
  });
  const { callers } = tool;
  const choice = choiceOf(callers);
  if (!manages) {
    const words = CHOICES.find(([value]) => value === choice)?.[1] ?? 'some';
    return choice === '' ? null : <p>Called by: {tool.may_call ? `${words}, and you` : words}.</p>;
  }
  const named = callers?.users ?? [];
  const ids = named.map(({ user_id }) => user_id);
  const choose = (value: string) => {
    if (value === '') changing.mutate({ least_role: null, users: null });
    else if (value === 'named') changing.mutate({ least_role: null, users: ids });
    else changing.mutate({ least_role: value as Role, users: ids.length > 0 ? ids : null });
  };
  const name = (users: string[]) => changing.mutate({ least_role: callers?.least_role ?? null, users });
  return (
    <div className="narrow-form">
      <Field
        label="Who may call it"
        hint="It counts in sessions, over the APIs and at the gateway, at once. A key may be limited further."
      >
        <select
          className="input"
          value={choice}
          disabled={changing.isPending}
          onChange={({ target }) => choose(target.value)}
        >
          {CHOICES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      {choice !== '' && (
        <Named
          named={named}
          busy={changing.isPending}
          onAdd={(id) => name([...ids, id])}
          onRemove={(id) => name(ids.filter((one) => one !== id))}
        />
      )}
      {changing.isError && <ErrorNote error={changing.error} />}
    </div>
  );
}

interface NamedProps {
  named: Callers['users'];
  busy: boolean;
  onAdd: (userId: string) => void;
  onRemove: (userId: string) => void;
}

function Named({ named, busy, onAdd, onRemove }: NamedProps) {
  const mayList = useMay('members.read');
  const members = useInfiniteQuery({ ...membersQuery, enabled: mayList });
  const taken = new Set(named.map(({ user_id }) => user_id));
  const others = (members.data?.pages.flatMap((page) => page.members) ?? []).filter(
    ({ user_id }) => !taken.has(user_id),
  );
  return (
    <>
      <ul className="entries" data-testid="callers">
        {named.map(({ user_id, username }) => (
          <li key={user_id} className="entry">
            <div className="entry-text">
              <p>{visible(username)}</p>
            </div>
            <div className="entry-actions">
              <button
                type="button"
                className="button"
                disabled={busy}
                aria-label={`Remove ${visible(username)}`}
                onClick={() => onRemove(user_id)}
              >
                Remove
              </button>
            </div>
          </li>
        ))}
      </ul>
      {mayList && others.length > 0 && (
        <select
          className="input callers-add"
          aria-label="Let somebody call it, whatever their role"
          value=""
          disabled={busy}
          onChange={({ target }) => onAdd(target.value)}
        >
          <option value="">add a person, whatever their role</option>
          {others.map(({ user_id, username, email }) => (
            <option key={user_id} value={user_id}>
              {visible(username)} · {email}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
