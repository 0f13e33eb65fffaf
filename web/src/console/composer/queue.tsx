import { Icon } from '../../ui/icons.js';
import { useLive, useLiveSession } from '../live-context.js';

/** What was said and has not had its turn yet: here without a connection, on the server while it is busy. */
export function Queue() {
  const live = useLiveSession();
  const outbox = useLive((state) => state.outbox);
  const waiting = useLive((state) => state.session.queued_turns);
  if (outbox.length === 0 && waiting.length === 0) return null;
  return (
    <ol className="queue" aria-label="Queued messages">
      {waiting.map((turn) => (
        <li key={turn.turn_id}>
          <Icon name="clock" /> <span className="queue-text">{turn.text}</span>
          <span className="dim">next turn</span>
        </li>
      ))}
      {outbox.map((one, at) => (
        <li key={one.client_msg_id}>
          <Icon name="clock" /> <span className="queue-text">{one.text}</span>
          {one.frame_id === undefined ? (
            <>
              {at > 0 && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label="Send earlier"
                  onClick={() => live.moveUp(one.client_msg_id)}
                >
                  <Icon name="up" />
                </button>
              )}
              <button
                type="button"
                className="icon-button"
                aria-label="Delete from the queue"
                onClick={() => live.unqueue(one.client_msg_id)}
              >
                <Icon name="cross" />
              </button>
            </>
          ) : (
            <span className="dim">sending</span>
          )}
        </li>
      ))}
    </ol>
  );
}
