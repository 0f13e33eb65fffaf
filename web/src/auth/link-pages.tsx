import { useMutation } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { signInInstead, useSignedIn } from '../api/signed-in.js';
import type { Tokens } from '../api/tokens.js';
import { NewPasswordField } from '../settings/new-password-field.js';
import { isLongEnough } from '../settings/password-words.js';
import { ErrorNote } from '../ui/feedback.js';
import { fieldsOf } from '../ui/field.js';
import { Gone, isGone, LinkPage } from './link-page.js';

interface About {
  purpose: 'magic_link' | 'verify_email' | 'reset_password';
  email: string;
}

const PEEK = '/auth/links/peek';

const askForANewOne = (
  <>
    <Link to="/sign-in">Sign in</Link> another way, or ask for a new link there.
  </>
);

export function SignInLinkPage() {
  return (
    <LinkPage<About> title="Sign in by link" peek={PEEK} instead={askForANewOne}>
      {({ email }, token) => <SignInByLink email={email} token={token} />}
    </LinkPage>
  );
}

function SignInByLink({ email, token }: { email: string; token: string }) {
  const router = useRouter();
  const someone = useSignedIn(({ state }) => state === 'yes');
  const signing = useMutation({
    mutationFn: () => call<Tokens>('POST', '/auth/magic-link/verify', { body: { token }, open: true }),
    onSuccess: (tokens) => {
      queryClient.clear();
      signInInstead(tokens);
      router.history.replace('/');
    },
  });
  if (isGone(signing.error)) return <Gone>{askForANewOne}</Gone>;
  return (
    <>
      <p>
        Sign in as <strong>{email}</strong>
        {someone && ', instead of who is signed in here now'}.
      </p>
      <button
        type="button"
        className="button button-primary"
        autoFocus
        disabled={signing.isPending}
        onClick={() => signing.mutate()}
      >
        Sign in
      </button>
      {signing.isError && <ErrorNote error={signing.error} />}
    </>
  );
}

export function VerifyEmailPage() {
  const instead = (
    <>
      If the address is confirmed already, <Link to="/sign-in">sign in</Link>. Else register again.
    </>
  );
  return (
    <LinkPage<About> title="Confirm your address" peek={PEEK} instead={instead}>
      {({ email }, token) => <VerifyEmail email={email} token={token} />}
    </LinkPage>
  );
}

function VerifyEmail({ email, token }: { email: string; token: string }) {
  const verifying = useMutation({
    mutationFn: () => call<{ has_password: boolean }>('POST', '/auth/email/verify', { body: { token }, open: true }),
  });
  if (verifying.isSuccess) {
    return (
      <p role="status">
        <strong>{email}</strong> is confirmed. <Link to="/sign-in">Sign in</Link>{' '}
        {verifying.data.has_password
          ? 'with your password, or by code.'
          : 'by code, then choose a password: somebody else registered this address, too.'}
      </p>
    );
  }
  if (isGone(verifying.error)) return <Gone>{askForANewOne}</Gone>;
  return (
    <>
      <p>
        Confirm that <strong>{email}</strong> is yours and that you registered here. If you did not, close this page.
      </p>
      <button
        type="button"
        className="button button-primary"
        autoFocus
        disabled={verifying.isPending}
        onClick={() => verifying.mutate()}
      >
        Confirm
      </button>
      {verifying.isError && <ErrorNote error={verifying.error} />}
    </>
  );
}

export function ResetPasswordPage() {
  return (
    <LinkPage<About> title="Set a password" peek={PEEK} instead={askForANewOne}>
      {({ email }, token) => <ResetPassword email={email} token={token} />}
    </LinkPage>
  );
}

function ResetPassword({ email, token }: { email: string; token: string }) {
  const [password, setPassword] = useState('');
  const setting = useMutation({
    mutationFn: () => call('POST', '/auth/password/reset', { body: { token, new_password: password }, open: true }),
  });
  const atField = fieldsOf(setting.error).new_password;
  if (setting.isSuccess) {
    return (
      <p role="status">
        The password is set, and all sign-ins of <strong>{email}</strong> have ended. <Link to="/sign-in">Sign in</Link>
      </p>
    );
  }
  if (setting.isError && atField === undefined && isGone(setting.error)) return <Gone>{askForANewOne}</Gone>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setting.mutate();
      }}
    >
      <p>
        For <strong>{email}</strong>. All its sign-ins end.
      </p>
      <NewPasswordField value={password} onChange={setPassword} error={atField} autoFocus />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={setting.isPending || !isLongEnough(password)}>
          {setting.isPending ? 'Setting…' : 'Set password'}
        </button>
      </div>
      {setting.isError && atField === undefined && <ErrorNote error={setting.error} />}
    </form>
  );
}
