import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { membersQuery, useMay } from '../api/identity-queries.js';
import { serversQuery } from '../api/queries.js';
import { visible } from '../ui/visible.js';
import {
  DOOR_WORDS,
  fromLocalField,
  isFiltered,
  STATUSES,
  statusWords,
  toLocalField,
  type LogSearch,
} from './log-search.js';

interface FiltersProps {
  search: LogSearch;
  onChange: (part: Partial<LogSearch>) => void;
  onClear: () => void;
}

const RANGES = [
  ['last hour', 3_600_000],
  ['last day', 86_400_000],
  ['last week', 604_800_000],
] as const;

export function LogFilters({ search, onChange, onClear }: FiltersProps) {
  const servers = useInfiniteQuery(serversQuery).data?.pages.flatMap((page) => page.servers) ?? [];
  return (
    <div className="filters" role="search" aria-label="Filter the log">
      <Typed label="Text" value={search.q} onChange={(q) => onChange({ q })} placeholder="text, error, id" />
      <Choice
        label="Server"
        all="every server"
        value={search.server_id}
        options={servers.map(({ id, name }) => [id, visible(name)])}
        onChange={(server_id) => onChange({ server_id })}
      />
      <Typed label="Tool" value={search.tool} onChange={(tool) => onChange({ tool })} placeholder="tool" />
      <Choice
        label="Status"
        all="every status"
        value={search.status}
        options={STATUSES.map((status) => [status, statusWords(status)])}
        onChange={(status) => onChange({ status })}
      />
      <Choice
        label="Via"
        all="via anything"
        value={search.door}
        options={Object.entries(DOOR_WORDS)}
        onChange={(door) => onChange({ door })}
      />
      <Who value={search.actor} onChange={(actor) => onChange({ actor })} />
      <Times search={search} onChange={onChange} />
      {isFiltered(search) && (
        <button type="button" className="button button-quiet" onClick={onClear}>
          Clear
        </button>
      )}
    </div>
  );
}

function Times({ search, onChange }: Omit<FiltersProps, 'onClear'>) {
  return (
    <>
      <select
        className="input"
        aria-label="Time range"
        value={search.from === undefined && search.to === undefined ? '' : 'chosen'}
        onChange={({ target }) => {
          const back = Number(target.value);
          onChange(
            target.value === ''
              ? { from: undefined, to: undefined }
              : { from: new Date(Date.now() - back).toISOString(), to: undefined },
          );
        }}
      >
        <option value="">any time</option>
        {RANGES.map(([words, ms]) => (
          <option key={ms} value={ms}>
            {words}
          </option>
        ))}
        <option value="chosen" disabled>
          as chosen
        </option>
      </select>
      {(['from', 'to'] as const).map((end) => (
        <input
          key={end}
          className="input mono"
          type="datetime-local"
          aria-label={end === 'from' ? 'From' : 'Until'}
          value={toLocalField(search[end])}
          onChange={({ target }) => onChange({ [end]: fromLocalField(target.value) })}
        />
      ))}
    </>
  );
}

interface TypedProps {
  label: string;
  value: string | undefined;
  placeholder: string;
  onChange: (value: string | undefined) => void;
}

const TYPING_MS = 300;

/** Asked for when the typing rests. */
function Typed({ label, value = '', placeholder, onChange }: TypedProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text || undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      className="input"
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, all, value = '', options, onChange }: ChoiceProps) {
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{all}</option>
      {options.map(([id, words]) => (
        <option key={id} value={id}>
          {words}
        </option>
      ))}
    </select>
  );
}

/** For who may see others' calls. */
function Who({ value, onChange }: { value: string | undefined; onChange: (value: string | undefined) => void }) {
  const may = useMay('members.read');
  const query = useInfiniteQuery({ ...membersQuery, enabled: may });
  const members = query.data?.pages.flatMap((page) => page.members) ?? [];
  if (members.length < 2) return null;
  return (
    <Choice
      label="Who"
      all="everybody"
      value={value}
      options={members.map(({ user_id, username }) => [user_id, username])}
      onChange={onChange}
    />
  );
}
