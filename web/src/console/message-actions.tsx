import { useState } from 'react';
import { useMay } from '../api/identity-queries.js';
import { useCommandContext } from '../app/active.js';
import { commandById } from '../app/commands.js';
import { perform } from '../app/perform.js';
import { mayFork } from '../session/plan-rules.js';
import type { MessageItem } from '../session/state.js';
import { copyText } from '../ui/hooks.js';
import { Icon } from '../ui/icons.js';
import { useLive } from './live-context.js';

/** What can be done with one message. */
export function MessageActions({ item }: { item: MessageItem }) {
  const [copied, setCopied] = useState(false);
  const context = useCommandContext();
  const forkable = useLive((state) => mayFork(state.session, item));
  const mayUse = useMay('sessions.use');
  const fork = commandById('fork');
  return (
    <>
      <button
        type="button"
        className="icon-button turn-action"
        aria-label="Copy"
        title={copied ? 'Copied' : 'Copy'}
        onClick={() => void copyText(item.text).then(setCopied)}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
      {fork && forkable && mayUse && (
        <button
          type="button"
          className="icon-button turn-action"
          data-act="fork"
          aria-label="Fork from here"
          title="Fork from here: a new session with all up to this turn"
          onClick={() => void perform(fork, context, item.message_id)}
        >
          <Icon name="fork" />
        </button>
      )}
    </>
  );
}
