import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { Wordmark } from '../app/wordmark.js';

/** A page in front of the sign-in: one box, one thing to do. */
export function FrontPage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Switchyard`;
  }, [title]);
  return (
    <main className="sign-in" aria-label={title}>
      <div className="sign-in-box">
        <Link to="/" aria-label="Home">
          <Wordmark />
        </Link>
        <h1 className="front-title">{title}</h1>
        <div className="sign-in-form">{children}</div>
      </div>
    </main>
  );
}
