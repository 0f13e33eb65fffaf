import type { KeyPlace } from './command.js';

/** Keys that belong to a widget and are handled by it; here so that the overview is whole. */
export const FIXED_KEYS: Record<KeyPlace, { keys: string[]; does: string }[]> = {
  anywhere: [
    { keys: ['F6'], does: 'Next region' },
    { keys: ['Shift+F6'], does: 'Previous region' },
    { keys: ['Mod+\\'], does: 'Fold or unfold the pane in focus' },
    { keys: ['Esc'], does: 'Close what is open, else back to the composer' },
  ],
  composer: [
    { keys: ['Enter'], does: 'Send, or queue while something runs' },
    { keys: ['Shift+Enter', 'Alt+Enter', 'Ctrl+J'], does: 'New line' },
    { keys: ['ArrowUp', 'ArrowDown'], does: 'Earlier and later messages' },
    { keys: ['Ctrl+R'], does: 'Search earlier messages' },
    { keys: ['Tab'], does: 'Accept the completion' },
    { keys: ['Ctrl+U'], does: 'Clear to the start of the line' },
    { keys: ['Esc Esc'], does: 'Stop the running turn' },
  ],
  transcript: [
    { keys: ['j', 'k'], does: 'Next and previous turn' },
    { keys: ['y'], does: 'Copy the turn' },
    { keys: ['f'], does: 'Fork the session from the message' },
    { keys: ['Enter'], does: 'Open or close a tool call' },
    { keys: ['o'], does: 'Open or close all tool calls' },
    { keys: ['End'], does: 'Jump to the newest' },
  ],
  plan: [
    { keys: ['ArrowLeft', 'ArrowRight'], does: 'To what comes before and after' },
    { keys: ['ArrowUp', 'ArrowDown'], does: 'Previous and next task' },
    { keys: ['Home', 'End'], does: 'First and last task' },
  ],
  logs: [
    { keys: ['1', '2', '3', '4'], does: 'Show or hide debug, info, warn, error' },
    { keys: ['f'], does: 'Filter' },
    { keys: ['Space'], does: 'Pause and go on' },
    { keys: ['w'], does: 'Wrap lines' },
    { keys: ['n', 'Shift+N'], does: 'Next and previous error' },
  ],
  files: [
    { keys: ['Enter'], does: 'Preview' },
    { keys: ['d'], does: 'Save' },
    { keys: ['c'], does: 'Copy a link' },
  ],
  approvals: [
    { keys: ['j', 'k'], does: 'Next and previous request' },
    { keys: ['Enter'], does: 'Open the request' },
    { keys: ['y'], does: 'Approve the open request' },
    { keys: ['n'], does: 'Write why not; Enter denies' },
  ],
};
