import { quotaLevel } from './quota.js';

interface QuotaLineProps {
  name: string;
  used: number;
  /** Null: none. */
  limit: number | null;
  note?: string;
}

/** How much of a quota is used: in words, and as a bar where there is a limit. */
export function QuotaLine({ name, used, limit, note = '' }: QuotaLineProps) {
  const level = quotaLevel(used, limit);
  return (
    <div className="budget" data-level={level}>
      <p>
        {name}: <span className="mono">{used}</span>
        {limit === null ? <span className="dim"> · no limit</span> : <span className="mono"> of {limit}</span>}
        {note !== '' && <span className="dim"> {note}</span>}
        {level === 'exhausted' && <span className="tag tag-err">used up</span>}
        {level === 'high' && <span className="tag tag-warn">nearly used up</span>}
      </p>
      {limit !== null && <meter aria-label={name} min={0} max={limit} value={Math.min(used, limit)} />}
    </div>
  );
}
