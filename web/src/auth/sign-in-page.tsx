import { useQuery } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { instanceQuery } from '../api/queries.js';
import { useEffect } from 'react';
import { useSignedIn } from '../api/signed-in.js';
import { Wordmark } from '../app/wordmark.js';
import { tick } from '../home/first-run.js';
import { SignInForm } from './sign-in-form.js';

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const instance = useQuery(instanceQuery).data;
  const onward = () => router.history.replace(next ?? '/');

  useEffect(() => {
    document.title = 'Sign in · Switchyard';
    if (useSignedIn.getState().state === 'yes') router.history.replace(next ?? '/');
  }, [next, router]);

  return (
    <main className="sign-in" aria-label="Sign in">
      <div className="sign-in-box">
        <Wordmark />
        <p className="dim">One audited way from an agent to a tool.</p>
        <h1 className="unseen">Sign in</h1>
        <SignInForm
          onDone={() => {
            tick('signed-in');
            onward();
          }}
        />
        {instance?.claimed === false && (
          <p className="dev-strip">
            This instance has no administrator yet. <Link to="/claim">Claim it</Link>
          </p>
        )}
      </div>
    </main>
  );
}
