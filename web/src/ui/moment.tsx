import { ago, moment } from './format.js';
import { useNow } from './hooks.js';

/** When, as people say it, and exactly: `4 min ago, 2026-11-21 22:05`. */
export function Moment({ at, exact = true }: { at: string; exact?: boolean }) {
  const now = useNow(30_000);
  const said = ago(at, now);
  const full = moment(at);
  return (
    <time dateTime={at} title={at}>
      {said}
      {exact && !full.startsWith(said) && <span className="dim">, {full}</span>}
    </time>
  );
}
