import { type ReactNode } from 'react';
import { Problem } from '../api/problem.js';
import { useAfter } from './hooks.js';

interface ErrorNoteProps {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
  /** Instead of the one that the server gave. */
  title?: string;
}

/** What failed, why, the next step, and the request id. */
export function ErrorNote({ error, onRetry, children, title: given }: ErrorNoteProps) {
  const problem = error instanceof Problem ? error : undefined;
  const title = given ?? problem?.title.replace(/\.$/, '') ?? 'This failed';
  // What is not there, or not allowed, is not otherwise the next moment.
  const mayRetry = onRetry !== undefined && problem?.status !== 404 && problem?.status !== 403;
  const detail = problem?.detail ?? (error instanceof Error ? error.message : String(error));
  return (
    <div className="note note-error" role="alert">
      <p>
        <strong>{title}.</strong> {detail !== title && detail}
      </p>
      {problem?.requestId !== undefined && <p className="dim">request {problem.requestId}</p>}
      {(children !== undefined || mayRetry) && (
        <div className="row">
          {mayRetry && (
            <button type="button" className="button" onClick={onRetry}>
              Retry
            </button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

/** Nothing for 300 ms, then still lines in the final geometry; after 8 s it says what is waited for. */
export function Loading({ what, lines = 3 }: { what: string; lines?: number }) {
  const shown = useAfter(300);
  const late = useAfter(8_000);
  if (!shown) return null;
  return (
    <div className="skeleton" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} className="skeleton-line" />
      ))}
      {late && <p className="dim">Still waiting for {what}.</p>}
    </div>
  );
}
