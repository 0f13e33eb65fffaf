import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { Wordmark } from '../app/wordmark.js';

interface FrontPageProps {
  title: string;
  /** It is as high as a window, or will be: it begins above, so that nothing jumps when it is there. */
  tall?: boolean;
  children: ReactNode;
}

/** A page in front of the sign-in: one box, one thing to do. */
export function FrontPage({ title, tall = false, children }: FrontPageProps) {
  useEffect(() => {
    document.title = `${title} · Switchyard`;
  }, [title]);
  return (
    <main className={tall ? 'sign-in sign-in-tall' : 'sign-in'} aria-label={title}>
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
