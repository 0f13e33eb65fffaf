import { useState } from 'react';
import { ansiSpans, fold } from './untrusted.js';

const LINES = 12;

/** What a tool printed: colours only, folded after twelve lines. */
export function AnsiText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const { head, more } = fold(text, LINES);
  const shown = open ? text : head;
  return (
    <>
      <pre className="output">
        {ansiSpans(shown).map((span, at) => (
          <span key={at} className={span.style}>
            {span.text}
          </span>
        ))}
      </pre>
      {more > 0 && (
        <button type="button" className="text-button" onClick={() => setOpen(!open)}>
          {open ? 'show fewer lines' : `show ${more} more lines`}
        </button>
      )}
    </>
  );
}
