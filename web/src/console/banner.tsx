import { Link } from '@tanstack/react-router';
import { useNow } from '../ui/hooks.js';
import { useLive, useLiveSession } from './live-context.js';

const QUIET_MS = 5_000;

/** Tries are not counted while the server restarts. */
function tries(attempt: number, seconds: number): string {
  const facts = [...(attempt > 0 ? [`try ${attempt}`] : []), ...(seconds > 0 ? [`next in ${seconds} s`] : [])];
  return `Reconnecting${facts.length > 0 ? ` (${facts.join(', ')})` : ''}.`;
}

/** One strip under the header, only when the line to the server needs words. */
export function Banner() {
  const link = useLive((state) => state.link);
  const live = useLiveSession();
  const down = link.state !== 'online' && link.state !== 'slow';
  const now = useNow(1_000, down);
  const again = (
    <button type="button" className="button" onClick={() => live.reconnect()}>
      Reconnect now
    </button>
  );

  if (link.state === 'offline') {
    return (
      <div className="banner" role="status">
        You are offline. Messages will be queued. Approvals need a connection.
      </div>
    );
  }
  if (link.state === 'closed') {
    return (
      <div className="banner banner-error" role="alert">
        {link.notice}
        {link.action === 'retry' && again}
        {link.action === 'home' && <Link to="/">Go home</Link>}
        {link.action === 'servers' && <Link to="/servers">See servers</Link>}
      </div>
    );
  }
  if (link.state !== 'reconnecting' || now - (link.lost_at ?? now) < QUIET_MS) return null;
  const seconds = Math.max(0, Math.ceil(((link.next_at ?? now) - now) / 1_000));
  return (
    <div className="banner banner-warn" role="status">
      <span>
        {link.notice ?? 'Connection lost. Your run continues on the server.'} {tries(link.attempt, seconds)}
      </span>
      {again}
    </div>
  );
}
