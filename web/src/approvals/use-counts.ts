import { useQuery } from '@tanstack/react-query';
import { countsQuery } from '../api/approval-queries.js';
import { useSignedIn } from '../api/signed-in.js';

/** How many decisions wait for this person; 0 until that is known. */
export function useWaiting(): number {
  const signedIn = useSignedIn(({ state }) => state === 'yes');
  return useQuery({ ...countsQuery, enabled: signedIn }).data?.pending ?? 0;
}
