import { useState } from 'react';
import { copyText } from './hooks.js';
import { Icon } from './icons.js';

/** Text to take along, with a button that copies it; where the page may not copy it is selected. */
export function CopyBox({ name, text, lines }: { name: string; text: string; lines?: boolean }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  return (
    <div className="copy-box">
      <pre className={lines ? 'code copy-lines' : 'code'} tabIndex={0} role="group" aria-label={name}>
        {text}
      </pre>
      <button
        type="button"
        className="button"
        aria-label={`Copy ${name}`}
        onClick={(event) => {
          const box = event.currentTarget.previousElementSibling;
          void copyText(text).then((copied) => {
            setState(copied ? 'copied' : 'refused');
            if (!copied && box) getSelection()?.selectAllChildren(box);
          });
        }}
      >
        <Icon name={state === 'copied' ? 'check' : 'copy'} /> {state === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span className="unseen" role="status">
        {state === 'copied' ? `${name} is copied.` : ''}
        {state === 'refused' ? `${name} is selected: copy it by key.` : ''}
      </span>
    </div>
  );
}
