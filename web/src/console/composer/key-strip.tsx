import { type MouseEvent } from 'react';
import { Icon } from '../../ui/icons.js';

interface KeyStripProps {
  onInsert: (text: string) => void;
  onHistory: (step: number) => void;
  onTab: () => void;
  onEscape: () => void;
}

/** The keys that a soft keyboard lacks. */
export function KeyStrip({ onInsert, onHistory, onTab, onEscape }: KeyStripProps) {
  // The keyboard stays up only while the field keeps the focus.
  const hold = (event: MouseEvent) => event.preventDefault();
  return (
    <div className="key-strip" role="toolbar" aria-label="Keys" onMouseDown={hold}>
      <button type="button" onClick={() => onInsert('/')}>
        /
      </button>
      <button type="button" onClick={() => onInsert('@')}>
        @
      </button>
      <button type="button" aria-label="Earlier message" onClick={() => onHistory(-1)}>
        <Icon name="up" />
      </button>
      <button type="button" aria-label="Later message" onClick={() => onHistory(1)}>
        <Icon name="arrow" />
      </button>
      <button type="button" onClick={onTab}>
        Tab
      </button>
      <button type="button" onClick={onEscape}>
        Esc
      </button>
    </div>
  );
}
