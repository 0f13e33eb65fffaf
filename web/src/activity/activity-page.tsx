import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { activityQuery, membersQuery, type ActivityFilter } from '../api/identity-queries.js';
import type { ActivityEntry } from '../api/identity-types.js';
import { deviceWords } from '../settings/device.js';
import { SettingsPage } from '../settings/settings-page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { Moment } from '../ui/moment.js';
import { ACTION_WORDS, actionWords, detailWords, subjectWords } from './activity-words.js';

export function ActivityPage() {
  return (
    <SettingsPage path="activity">
      <List />
    </SettingsPage>
  );
}

function List() {
  const [filter, setFilter] = useState<ActivityFilter>({});
  const activity = useInfiniteQuery(activityQuery(filter));
  const rows = activity.data?.pages.flatMap((page) => page.activity) ?? [];
  const filtered = filter.action !== undefined || filter.actor !== undefined;
  return (
    <>
      <Filter filter={filter} onChange={setFilter} />
      {activity.isPending && <Loading what="the activity" lines={5} />}
      {activity.isError && <ErrorNote error={activity.error} onRetry={() => void activity.refetch()} />}
      {activity.isSuccess && rows.length === 0 && (
        <p className="empty">
          {filtered ? 'Nothing that fits. ' : 'Nothing yet: sign-ins, keys, members and servers are noted here.'}
          {filtered && (
            <button type="button" className="button" onClick={() => setFilter({})}>
              Clear filter
            </button>
          )}
        </p>
      )}
      {rows.length > 0 && (
        <ul className="entries" data-testid="activity">
          {rows.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {activity.hasNextPage && (
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={activity.isFetchingNextPage}
            onClick={() => void activity.fetchNextPage()}
          >
            Earlier
          </button>
        </div>
      )}
    </>
  );
}

function Filter({ filter, onChange }: { filter: ActivityFilter; onChange: (filter: ActivityFilter) => void }) {
  const members = useInfiniteQuery(membersQuery).data?.pages.flatMap((page) => page.members) ?? [];
  const chosen = (value: string) => (value === '' ? undefined : value);
  return (
    <div className="field-row">
      <Field label="What">
        <select
          className="input"
          value={filter.action ?? ''}
          onChange={(event) => onChange({ ...filter, action: chosen(event.target.value) })}
        >
          <option value="">everything</option>
          {Object.entries(ACTION_WORDS).map(([action, words]) => (
            <option key={action} value={action}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Who">
        <select
          className="input"
          value={filter.actor ?? ''}
          onChange={(event) => onChange({ ...filter, actor: chosen(event.target.value) })}
        >
          <option value="">everybody</option>
          {members.map(({ user_id, username, email }) => (
            <option key={user_id} value={user_id}>
              {username} · {email}
            </option>
          ))}
        </select>
      </Field>
    </div>
  );
}

function Entry({ entry }: { entry: ActivityEntry }) {
  const { at, action, outcome, actor, via, ip, user_agent, request_id, details } = entry;
  const subject = subjectWords(entry);
  const more = detailWords(details);
  return (
    <li className="entry" data-action={action}>
      <div className="entry-text">
        <p>
          <strong>{actor === null ? 'Somebody' : actor.name || actor.id}</strong> {actionWords(action)}
          {subject !== '' && <strong> {subject}</strong>}{' '}
          {outcome !== 'succeeded' && !action.endsWith('.failed') && <span className="tag tag-err">{outcome}</span>}
        </p>
        {more.length > 0 && <p className="entry-meta">{more.join(' · ')}</p>}
        <p className="entry-meta dim">
          <span>
            <Moment at={at} />
          </span>
          {user_agent !== null && <span title={user_agent}>{deviceWords(user_agent)}</span>}
          {ip !== null && <span className="mono">{ip}</span>}
          {via !== null && <span>by {via.replaceAll('_', ' ')}</span>}
          {request_id !== null && <span className="mono">{request_id}</span>}
        </p>
      </div>
    </li>
  );
}
