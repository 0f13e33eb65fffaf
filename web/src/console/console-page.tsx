import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { queryClient, sessionQuery } from '../api/queries.js';
import type { Session } from '../api/types.js';
import { useActive } from '../app/active.js';
import { TopBar } from '../app/top-bar.js';
import { useUi } from '../app/ui-state.js';
import { LiveSession } from '../session/live.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Console } from './console.js';
import { LiveContext } from './live-context.js';

export function ConsolePage() {
  const { sessionId } = useParams({ from: '/inside/s/$sessionId' });
  const query = useQuery(sessionQuery(sessionId));
  if (query.data) return <Opened key={sessionId} session={query.data} />;
  return (
    <div className="page">
      <TopBar>Session</TopBar>
      <main className="office" aria-label="Session">
        {query.isPending && <Loading what="the session" lines={5} />}
        {query.isError && (
          <ErrorNote error={query.error} onRetry={() => void query.refetch()}>
            <Link to="/">Go home</Link>
          </ErrorNote>
        )}
      </main>
    </div>
  );
}

function Opened({ session }: { session: Session }) {
  const [live, setLive] = useState<LiveSession>();
  const { id, server_id } = session;

  useEffect(() => {
    const opened = new LiveSession(server_id, id);
    opened.start();
    setLive(opened);
    useActive.setState({ live: opened });
    useUi.setState({ selectedNode: undefined, logText: '', pane: 'transcript' });
    return () => {
      opened.stopListening();
      useActive.setState({ live: undefined });
      useUi.setState({ said: undefined });
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
    };
  }, [id, server_id]);

  if (!live) return null;
  return (
    <LiveContext.Provider value={live}>
      <Console session={session} />
    </LiveContext.Provider>
  );
}
