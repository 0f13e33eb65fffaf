import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery } from '../api/identity-queries.js';
import { queryClient } from '../api/queries.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { NewPasswordField } from './new-password-field.js';
import { isLongEnough } from './password-words.js';
import { SettingsPage } from './settings-page.js';

export function PasswordPage() {
  const account = useQuery(accountQuery);
  return (
    <SettingsPage path="password">
      {account.isPending && <Loading what="your account" />}
      {account.isError && <ErrorNote error={account.error} onRetry={() => void account.refetch()} />}
      {account.data?.has_password === true && <ChangeForm email={account.data.user.email} />}
      {account.data?.has_password === false && (
        <>
          <p>
            You have no password: you sign in with a code by mail. To set one, open the link that we mail to{' '}
            <strong>{account.data.user.email}</strong>. Signing in by code goes on working.
          </p>
          <MailLink email={account.data.user.email} primary />
        </>
      )}
    </SettingsPage>
  );
}

function ChangeForm({ email }: { email: string }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const changing = useMutation({
    mutationFn: () =>
      call<{ message: string }>('PUT', '/user/password', { body: { current_password: current, new_password: next } }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      void queryClient.invalidateQueries({ queryKey: ['credentials'] });
    },
  });
  const fields = fieldsOf(changing.error);
  const told = isToldAt(changing.error, ['current_password', 'new_password']);
  return (
    <>
      <form
        className="narrow-form"
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate();
        }}
      >
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <TextField
          label="Present password"
          name="current_password"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={setCurrent}
          error={fields.current_password}
        />
        <NewPasswordField value={next} onChange={setNext} error={fields.new_password} />
        <div className="row">
          <button
            type="submit"
            className="button button-primary"
            disabled={changing.isPending || current === '' || !isLongEnough(next)}
          >
            {changing.isPending ? 'Changing…' : 'Change password'}
          </button>
        </div>
        <p role="status">{changing.isSuccess && 'Changed. Everywhere else you are signed out now.'}</p>
        {changing.isError && !told && <ErrorNote error={changing.error} />}
      </form>
      <p className="dim">A change signs you out everywhere but here. API keys go on working.</p>
      <section className="section" aria-labelledby="forgotten">
        <h2 id="forgotten">Forgotten it?</h2>
        <MailLink email={email} />
      </section>
    </>
  );
}

function MailLink({ email, primary }: { email: string; primary?: boolean }) {
  const mailing = useMutation({
    mutationFn: () => call('POST', '/auth/password/forgot', { body: { email }, open: true }),
  });
  return (
    <>
      <div className="row">
        <button
          type="button"
          className={primary ? 'button button-primary' : 'button'}
          disabled={mailing.isPending || mailing.isSuccess}
          onClick={() => mailing.mutate()}
        >
          Mail me a link
        </button>
        <span role="status">
          {mailing.isSuccess && `A link is on its way to ${email}. It works for 30 minutes, once.`}
        </span>
      </div>
      {mailing.isError && <ErrorNote error={mailing.error} />}
    </>
  );
}
