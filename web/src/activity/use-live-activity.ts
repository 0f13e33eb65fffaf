import { useEffect, useState } from 'react';
import { queryClient } from '../api/queries.js';
import { followEvents } from '../api/stream.js';

const AGAIN_MS = 5_000;

/** Asks for the list again when something happens; true while the line is up. A hidden tab lets go of it. */
export function useLiveActivity(wanted: boolean): boolean {
  const [up, setUp] = useState(false);
  useEffect(() => {
    if (!wanted) return;
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: string | undefined;
    const follow = () => {
      if (stopped.signal.aborted) return;
      setUp(true);
      void followEvents('GET', '/activity/events', {
        signal: stopped.signal,
        ...(last === undefined ? {} : { headers: { 'last-event-id': last } }),
        take: ({ id }) => {
          last = id ?? last;
          void queryClient.invalidateQueries({ queryKey: ['activity'] });
          void queryClient.invalidateQueries({ queryKey: ['activity-stats'] });
        },
      })
        .catch(() => undefined)
        .finally(() => {
          setUp(false);
          if (stopped.signal.aborted) return;
          timer = setTimeout(follow, AGAIN_MS);
          void queryClient.invalidateQueries({ queryKey: ['activity'] });
        });
    };
    follow();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [wanted]);
  return wanted && up;
}
