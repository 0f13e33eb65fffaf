import { useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

/**
 * The token behind `#`, which no request carries; it leaves the address and the history at once, and lives on in the
 * page alone. Empty when there is none, as after a reload.
 */
export function useLinkToken(): string {
  const router = useRouter();
  const { hash, pathname } = useRouterState({ select: ({ location }) => location });
  const [token, setToken] = useState(hash);
  useEffect(() => {
    if (hash === '') return;
    setToken(hash);
    router.history.replace(pathname);
  }, [hash, pathname, router]);
  return token;
}
