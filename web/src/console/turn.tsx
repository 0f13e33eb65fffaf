import { useState } from 'react';
import type { TranscriptItem } from '../session/state.js';
import { clock } from '../ui/format.js';
import { copyText } from '../ui/hooks.js';
import type { IconName } from '../ui/icon-name.js';
import { Icon } from '../ui/icons.js';

/** The frame of every block of the transcript: who, what, when. */
export function Turn({
  tone,
  icon,
  name,
  item,
  copy,
  children,
}: {
  tone: string;
  icon: IconName;
  name: string;
  item: TranscriptItem;
  copy?: string;
  children: React.ReactNode;
}) {
  const [copied, setCopied] = useState(false);
  return (
    <article className="turn" data-tone={tone} data-key={item.key} tabIndex={-1} aria-label={name}>
      <span className="rail">
        <Icon name={icon} />
      </span>
      <div className="turn-text">{children}</div>
      <div className="turn-side">
        {copy !== undefined && (
          <button
            type="button"
            className="icon-button turn-action"
            aria-label="Copy"
            title={copied ? 'Copied' : 'Copy'}
            onClick={() => void copyText(copy).then(setCopied)}
          >
            <Icon name={copied ? 'check' : 'copy'} />
          </button>
        )}
        <time className="turn-time" dateTime={item.ts} title={item.ts}>
          {clock(item.ts)}
        </time>
      </div>
    </article>
  );
}
