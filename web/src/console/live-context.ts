import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { LiveSession, LiveState } from '../session/live.js';

export const LiveContext = createContext<LiveSession | undefined>(undefined);

export function useLiveSession(): LiveSession {
  const live = useContext(LiveContext);
  if (!live) throw new Error('No session is open here.');
  return live;
}

export function useLive<Slice>(select: (state: LiveState) => Slice): Slice {
  return useStore(useLiveSession().store, select);
}

/** Decisions need a line to the server; messages queue without one. */
export function useConnected(): boolean {
  return useLive(({ link }) => link.state === 'online' || link.state === 'slow');
}
