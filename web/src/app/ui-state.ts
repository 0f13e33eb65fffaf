import type { LogLevel } from '@app/session-protocol';
import { create } from 'zustand';

/** What is open over the page. */
export type Overlay =
  | { kind: 'none' }
  | { kind: 'palette'; query: string }
  | { kind: 'help' }
  | { kind: 'connection' }
  | { kind: 'node'; node_id: string }
  | { kind: 'reject'; node_ids: string[] }
  | { kind: 'edit'; node_id: string }
  | { kind: 'resolve'; node_id: string }
  | { kind: 'retry'; node_id: string }
  | { kind: 'approve-all' }
  | { kind: 'file'; artifact_id: string }
  | { kind: 'rename' }
  | { kind: 'model' };

export type PaneName = 'transcript' | 'plan' | 'logs' | 'files';

interface UiState {
  overlay: Overlay;
  /** The pane in front where only one fits. */
  pane: PaneName;
  selectedNode: string | undefined;
  logText: string;
  logLevels: Record<LogLevel, boolean>;
  logPaused: boolean;
  logWrap: boolean;
  /** Asks the composer to take the text and the focus. */
  compose: { text: string; at: number } | undefined;
  /** What the last command had to say; shown at the composer until something is typed. */
  said: { text: string; error: boolean } | undefined;
}

export const useUi = create<UiState>(() => ({
  overlay: { kind: 'none' },
  pane: 'transcript',
  selectedNode: undefined,
  logText: '',
  logLevels: { debug: true, info: true, warn: true, error: true },
  logPaused: false,
  logWrap: false,
  compose: undefined,
  said: undefined,
}));

export function openOverlay(overlay: Overlay): void {
  useUi.setState({ overlay });
}

export function closeOverlay(): void {
  useUi.setState({ overlay: { kind: 'none' } });
}

/** Brings a pane to the front and the focus into it. */
export function showPane(pane: PaneName): void {
  useUi.setState({ pane });
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-region=${pane}]`)?.focus());
}

export function compose(text: string): void {
  useUi.setState({ compose: { text, at: performance.now() }, pane: 'transcript' });
}
