import { useNavigate, useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { create } from 'zustand';
import { queryClient } from '../api/queries.js';
import { endSignIn, forgetPerson } from '../api/signed-in.js';
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
        endSignIn();
        forgetPerson();
        queryClient.clear();
        closeOverlay();
        // Nothing can be saved any more.
        void navigate({ to: '/sign-in', ignoreBlocker: true });
      },
    }),
    [live, navigate, router],
  );
}
