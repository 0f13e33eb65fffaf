import { useState } from 'react';

interface ConfirmProps {
  /** Of the button that asks. */
  label: string;
  /** What will happen, in a few words. */
  question: string;
  /** Of the button that does it. */
  sure: string;
  /** For who does not see what it stands beside. */
  about?: string;
  busy?: boolean;
  run: () => void;
}

/** A button that asks before it acts, where it stands. */
export function Confirm({ label, question, sure, about, busy, run }: ConfirmProps) {
  const [state, setState] = useState<'idle' | 'asking' | 'kept'>('idle');
  const more = about === undefined ? '' : ` ${about}`;
  if (state !== 'asking') {
    return (
      <button
        type="button"
        className="button button-danger"
        aria-label={`${label}${more}`}
        disabled={busy}
        // Back where the question came from.
        autoFocus={state === 'kept'}
        onClick={() => setState('asking')}
      >
        {label}
      </button>
    );
  }
  return (
    <span
      className="confirm"
      role="group"
      aria-label={`${label}${more}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        setState('kept');
      }}
    >
      <span role="status">{question}</span>
      <button type="button" className="button" autoFocus onClick={() => setState('kept')}>
        Keep
      </button>
      <button
        type="button"
        className="button button-danger-fill"
        disabled={busy}
        onClick={() => {
          setState('idle');
          run();
        }}
      >
        {sure}
      </button>
    </span>
  );
}
