import type { ReactNode } from 'react';
import type { TranscriptItem } from '../session/state.js';
import { clock } from '../ui/format.js';
import type { IconName } from '../ui/icon-name.js';
import { Icon } from '../ui/icons.js';

/** The frame of every block of the transcript: who, what, when. */
export function Turn({
  tone,
  icon,
  name,
  item,
  actions,
  children,
}: {
  tone: string;
  icon: IconName;
  name: string;
  item: TranscriptItem;
  /** What can be done with it, beside its time. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <article className="turn" data-tone={tone} data-key={item.key} tabIndex={-1} aria-label={name}>
      <span className="rail">
        <Icon name={icon} />
      </span>
      <div className="turn-text">{children}</div>
      <div className="turn-side">
        {actions}
        <time className="turn-time" dateTime={item.ts} title={item.ts}>
          {clock(item.ts)}
        </time>
      </div>
    </article>
  );
}
