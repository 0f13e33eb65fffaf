import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { FrontPage } from './front-page.js';
import { useLinkToken } from './use-link-token.js';

/** A link that leads nowhere any more: used, replaced, too old, or never made. */
export const isGone = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 410 || error.status === 404 || error.status === 400);

interface LinkPageProps<About> {
  title: string;
  /** Asked before anything is done: whom the link is about. It uses nothing up. */
  peek: string;
  /** What to do about a link that is gone. */
  instead: ReactNode;
  children: (about: About, token: string) => ReactNode;
}

/** Where a link from a mail leads: opening it does nothing, the button on it does. */
export function LinkPage<About>({ title, peek, instead, children }: LinkPageProps<About>) {
  const token = useLinkToken();
  const about = useQuery({
    queryKey: ['link', peek, token],
    queryFn: ({ signal }) => call<About>('POST', peek, { body: { token }, open: true, signal }),
    enabled: token !== '',
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <FrontPage title={title}>
      {token === '' && (
        <p>
          The link is not complete, or this page was reloaded. Open the link in the mail again, or{' '}
          <Link to="/">go home</Link>.
        </p>
      )}
      {token !== '' && about.isPending && <Loading what="the link" />}
      {about.isError && (isGone(about.error) ? <Gone>{instead}</Gone> : null)}
      {about.isError && !isGone(about.error) && <ErrorNote error={about.error} onRetry={() => void about.refetch()} />}
      {about.data !== undefined && children(about.data, token)}
    </FrontPage>
  );
}

/** What is said of a link that is gone, before or after its button was pressed. */
export function Gone({ children }: { children: ReactNode }) {
  return (
    <div className="note" role="alert" data-testid="link-gone">
      <p>
        <strong>This link does not work any more.</strong> It was used already, a newer one replaced it, or it is too
        old.
      </p>
      <p>{children}</p>
    </div>
  );
}
