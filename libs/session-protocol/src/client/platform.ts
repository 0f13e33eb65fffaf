interface Page {
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
  document?: Pick<Page, 'addEventListener' | 'removeEventListener'> & { visibilityState?: string };
  navigator?: { onLine?: boolean };
  location?: { origin?: string };
}

const page = globalThis as Page;

/** A browser says false when it has no network at all; elsewhere nobody knows. */
export const isOffline = (): boolean => page.navigator?.onLine === false;

export const isVisible = (): boolean => (page.document?.visibilityState ?? 'visible') === 'visible';

export const pageOrigin = (): string | undefined => page.location?.origin;

/** Tells when a browser's page or network comes back, and when the network goes. Nothing happens outside a browser. */
export function watchPage({ onWake, onOffline }: { onWake: () => void; onOffline: () => void }): () => void {
  const { document } = page;
  // Node has `addEventListener` nowhere near a document.
  if (!document) return () => undefined;
  page.addEventListener?.('online', onWake);
  page.addEventListener?.('focus', onWake);
  page.addEventListener?.('offline', onOffline);
  document.addEventListener?.('visibilitychange', onWake);
  return () => {
    page.removeEventListener?.('online', onWake);
    page.removeEventListener?.('focus', onWake);
    page.removeEventListener?.('offline', onOffline);
    document.removeEventListener?.('visibilitychange', onWake);
  };
}
