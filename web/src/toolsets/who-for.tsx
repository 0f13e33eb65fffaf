import type { Audience } from '../api/toolset-types.js';
import { plural } from '../ui/format.js';

const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
const NOBODY: Audience = { roles: [], users: [], keys: [] };

/** For whom a toolset is there. People and keys are named over the API; those that are stay. */
export function WhoFor({
  audience,
  onChange,
}: {
  audience: Audience | null;
  onChange: (audience: Audience | null) => void;
}) {
  const { roles, users, keys } = audience ?? NOBODY;
  const others = [
    ...(users.length > 0 ? [plural(users.length, 'person', 'people')] : []),
    ...(keys.length > 0 ? [plural(keys.length, 'API key')] : []),
  ];
  return (
    <fieldset className="choice">
      <legend className="field-label">It is for</legend>
      <label className="check">
        <input type="radio" name="audience" checked={audience === null} onChange={() => onChange(null)} />
        everybody in the organization
      </label>
      <label className="check">
        <input
          type="radio"
          name="audience"
          checked={audience !== null}
          onChange={() => onChange(audience ?? { ...NOBODY, roles: ['owner', 'admin'] })}
        />
        only some, by role
      </label>
      {audience !== null && (
        <div className="row" role="group" aria-label="Roles">
          {ROLES.map((role) => (
            <label key={role} className="check">
              <input
                type="checkbox"
                checked={roles.includes(role)}
                onChange={({ target }) =>
                  onChange({
                    ...audience,
                    roles: target.checked ? [...roles, role] : roles.filter((one) => one !== role),
                  })
                }
              />
              {role}
            </label>
          ))}
        </div>
      )}
      {audience !== null && roles.length + users.length + keys.length === 0 && (
        <p className="form-error" role="alert">
          Nobody would be offered it: choose a role.
        </p>
      )}
      {others.length > 0 && <p className="dim field-hint">And {others.join(' and ')}, as set over the API.</p>}
    </fieldset>
  );
}
