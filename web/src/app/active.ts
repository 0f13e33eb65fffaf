import { useNavigate, useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { create } from 'zustand';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { forgetPerson } from '../api/signed-in.js';
import { readTokens } from '../api/tokens.js';
import type { LiveSession } from '../session/live.js';
import type { CommandContext } from './command.js';
import { closeOverlay } from './ui-state.js';

/** The session that is on the screen, for what is not inside its tree: palette and global keys. */
export const useActive = create<{ live: LiveSession | undefined }>(() => ({ live: undefined }));

export function useCommandContext(): CommandContext {
  const live = useActive((state) => state.live);
  const router = useRouter();
  const navigate = useNavigate();
  return useMemo(
    () => ({
      live,
      go: (to) => router.history.push(to),
      signOut: () => {
        const refresh_token = readTokens()?.refresh_token;
        if (refresh_token !== undefined) {
          // The tokens are gone from here whatever the server says.
          call('POST', '/auth/logout', { body: { refresh_token }, open: true }).catch(() => undefined);
        }
        forgetPerson();
        queryClient.clear();
        closeOverlay();
        void navigate({ to: '/sign-in' });
      },
    }),
    [live, navigate, router],
  );
}
