import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { organizationsQuery } from '../api/identity-queries.js';
import type { OrganizationRow } from '../api/identity-types.js';
import { useCommandContext } from '../app/active.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { NewOrganization } from './new-organization.js';
import { switchTo } from './switch.js';

/** Those that one belongs to. */
export function MyOrganizations() {
  const organizations = useQuery(organizationsQuery);
  const [making, setMaking] = useState(false);
  return (
    <section className="section" aria-labelledby="mine">
      <div className="section-head">
        <h2 id="mine">Your organizations</h2>
        <button type="button" className="button" onClick={() => setMaking(true)}>
          New organization
        </button>
      </div>
      {organizations.isPending && <Loading what="your organizations" />}
      {organizations.isError && <ErrorNote error={organizations.error} onRetry={() => void organizations.refetch()} />}
      <ul className="entries">
        {organizations.data?.map((one) => (
          <Entry key={one.id} organization={one} />
        ))}
      </ul>
      {making && <NewOrganization onClose={() => setMaking(false)} />}
    </section>
  );
}

function Entry({ organization: { id, name, role, current, members_count } }: { organization: OrganizationRow }) {
  const { go } = useCommandContext();
  const switching = useMutation({ mutationFn: () => switchTo(id), onSuccess: () => go('/') });
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong>{name}</strong> {current && <span className="tag tag-ok">you are here</span>}
        </p>
        <p className="entry-meta dim">
          <span>{role}</span>
          <span>{plural(members_count, 'member')}</span>
        </p>
        {switching.isError && <ErrorNote error={switching.error} />}
      </div>
      <div className="entry-actions">
        {!current && (
          <button
            type="button"
            className="button"
            aria-label={`Switch to ${name}`}
            disabled={switching.isPending}
            onClick={() => switching.mutate()}
          >
            Switch
          </button>
        )}
      </div>
    </li>
  );
}
