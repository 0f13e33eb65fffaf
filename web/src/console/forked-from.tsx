import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../api/queries.js';
import { useLiveSession } from './live-context.js';

/** Where the history of this session comes from, if it is a fork. */
export function ForkedFrom() {
  const { sessionId } = useLiveSession();
  const from = useQuery(sessionQuery(sessionId)).data?.forked_from;
  if (!from) return null;
  return (
    <p className="gap-line" data-testid="forked-from">
      forked from{' '}
      {from.title === null ? (
        'a session that is gone'
      ) : (
        <Link to="/s/$sessionId" params={{ sessionId: from.session_id }}>
          {from.title}
        </Link>
      )}
    </p>
  );
}
