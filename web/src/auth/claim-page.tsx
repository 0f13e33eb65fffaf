import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery } from '../api/identity-queries.js';
import { instanceQuery, queryClient } from '../api/queries.js';
import { signInInstead, useSignedIn } from '../api/signed-in.js';
import type { Tokens } from '../api/tokens.js';
import type { Instance } from '../api/types.js';
import { NewPasswordField } from '../settings/new-password-field.js';
import { isLongEnough } from '../settings/password-words.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { FrontPage } from './front-page.js';

/** The first administrator of an instance that has none. */
export function ClaimPage() {
  const instance = useQuery(instanceQuery);
  const signedIn = useSignedIn(({ state }) => state === 'yes');
  const open = instance.data?.claimed === false ? instance.data : undefined;
  return (
    <FrontPage title="Claim this instance">
      {instance.isPending && <Loading what="the instance" />}
      {instance.isError && <ErrorNote error={instance.error} onRetry={() => void instance.refetch()} />}
      {instance.data && !open && (
        <p>
          This instance has its administrator. <Link to="/">Go home</Link>
        </p>
      )}
      {open && signedIn && <ClaimAsMe instance={open} />}
      {open && !signedIn && <SetUp instance={open} />}
    </FrontPage>
  );
}

/** It is claimed now, whoever did it. */
const lookAgain = () => {
  void queryClient.invalidateQueries({ queryKey: instanceQuery.queryKey });
  void queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
};

interface CodeFieldProps {
  value: string;
  onChange: (value: string) => void;
  error: unknown;
}

function CodeField({ value, onChange, error }: CodeFieldProps) {
  return (
    <TextField
      label="Claim code"
      name="claim_code"
      required
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={onChange}
      error={fieldsOf(error).claim_code}
      hint="The server prints it when it starts, as long as it has no administrator."
    />
  );
}

const withCode = (code: string) => (code.trim() === '' ? {} : { claim_code: code.trim() });

function ClaimAsMe({ instance }: { instance: Instance }) {
  const router = useRouter();
  const account = useQuery(accountQuery).data;
  const [code, setCode] = useState('');
  const claiming = useMutation({
    mutationFn: () => call('POST', '/instance/claim', { body: withCode(code) }),
    onSuccess: () => {
      lookAgain();
      router.history.replace('/');
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        claiming.mutate();
      }}
    >
      <p>
        It has no administrator yet. <strong>{account?.user.email ?? 'You'}</strong> will be its first: for plans and
        settings of all organizations.
      </p>
      {instance.claim_needs_code && <CodeField value={code} onChange={setCode} error={claiming.error} />}
      <div className="row">
        <button type="submit" className="button button-primary" disabled={claiming.isPending}>
          Become its administrator
        </button>
        <Link to="/" className="button">
          Not now
        </Link>
      </div>
      {claiming.isError && !isToldAt(claiming.error, ['claim_code']) && <ErrorNote error={claiming.error} />}
    </form>
  );
}

function SetUp({ instance }: { instance: Instance }) {
  const router = useRouter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const setting = useMutation({
    mutationFn: async () => {
      const who = { email: email.trim(), password };
      await call('POST', '/auth/setup', { base: '', open: true, body: { ...who, ...withCode(code) } });
      return call<Tokens>('POST', '/auth/password/login', { open: true, body: who });
    },
    onSuccess: (tokens) => {
      lookAgain();
      signInInstead(tokens);
      router.history.replace('/');
    },
  });
  const fields = fieldsOf(setting.error);
  const told = isToldAt(setting.error, ['email', 'password', 'claim_code']);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setting.mutate();
      }}
    >
      <p>
        It has no administrator yet. Make the first account here, or <Link to="/sign-in">sign in</Link> with one and
        come back.
      </p>
      <TextField
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={setEmail}
        error={fields.email}
      />
      <NewPasswordField label="Password" value={password} onChange={setPassword} error={fields.password} />
      {instance.claim_needs_code && <CodeField value={code} onChange={setCode} error={setting.error} />}
      <div className="row">
        <button type="submit" className="button button-primary" disabled={setting.isPending || !isLongEnough(password)}>
          {setting.isPending ? 'Making it…' : 'Make the administrator'}
        </button>
      </div>
      {setting.isError && !told && <ErrorNote error={setting.error} />}
    </form>
  );
}
