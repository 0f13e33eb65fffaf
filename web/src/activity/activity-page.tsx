import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { activityQuery, membersQuery, type ActivityFilter } from '../api/identity-queries.js';
import type { ActivityEntry } from '../api/identity-types.js';
import { deviceWords } from '../settings/device.js';
import { SettingsPage } from '../settings/settings-page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { More } from '../ui/more.js';
import { Moment } from '../ui/moment.js';
import { useSeen } from '../ui/hooks.js';
import {
  ACTION_WORDS,
  actionWords,
  actorWords,
  detailWords,
  type Names,
  saysFailure,
  subjectWords,
} from './activity-words.js';
import { Charts } from './charts.js';
import { useLiveActivity } from './use-live-activity.js';

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
  const members = useInfiniteQuery(membersQuery).data?.pages.flatMap((page) => page.members) ?? [];
  const names = new Map(members.map(({ user_id, username }) => [user_id, username]));
  const filtered = Object.values(filter).some((one) => one !== undefined);
  const [live, setLive] = useState(true);
  const seen = useSeen();
  const up = useLiveActivity(live && seen);
  return (
    <>
      <Charts />
      <div className="row">
        <button type="button" className="button" aria-pressed={live} onClick={() => setLive(!live)}>
          {live ? 'Live: pause' : 'Paused: go live'}
        </button>
        {live && !up && <span className="dim">connecting…</span>}
      </div>
      <Filter filter={filter} onChange={setFilter} />
      {activity.isPending && <Loading what="the activity" lines={5} />}
      {activity.isError && !activity.isFetchNextPageError && (
        <ErrorNote error={activity.error} onRetry={() => void activity.refetch()} />
      )}
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
            <Entry key={entry.id} entry={entry} names={names} />
          ))}
        </ul>
      )}
      <More pages={activity} label="Earlier" />
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
      <Search text={filter.q} onChange={(q) => onChange({ ...filter, q })} />
    </div>
  );
}

const TYPING_MS = 300;

/** Asked for when the typing rests. */
function Search({ text = '', onChange }: { text: string | undefined; onChange: (q: string | undefined) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => onChange(typed || undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <Field label="Text">
      <input className="input" type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
    </Field>
  );
}

function Entry({ entry, names }: { entry: ActivityEntry; names: Names }) {
  const { at, action, outcome, via, ip, user_agent, request_id } = entry;
  const subject = subjectWords(entry);
  const more = detailWords(entry, names);
  return (
    <li className="entry" data-action={action}>
      <div className="entry-text">
        <p>
          <strong>{actorWords(entry)}</strong> {actionWords(action)}
          {subject !== '' && <strong> {subject}</strong>}{' '}
          {saysFailure(entry) && <span className="tag tag-err">{outcome}</span>}
        </p>
        {more.length > 0 && <p className="entry-meta">{more.join(' · ')}</p>}
        <p className="entry-meta dim">
          <span>
            <Moment at={at} />
          </span>
          {user_agent !== null && <span title={user_agent}>{deviceWords(user_agent)}</span>}
          {ip !== null && <span className="mono">{ip}</span>}
          {via !== null && <span>by {via.replaceAll('_', ' ')}</span>}
          {request_id !== null && (
            <span>
              request <span className="mono">{request_id}</span>
            </span>
          )}
        </p>
      </div>
    </li>
  );
}
