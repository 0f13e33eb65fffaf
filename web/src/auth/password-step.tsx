import { useState } from 'react';
import { call } from '../api/http.js';
import type { Tokens } from '../api/tokens.js';
import { passwordProblem, requestProblem } from './otp-copy.js';

interface PasswordStepProps {
  email: string;
  onEmail: (email: string) => void;
  /** It is known who must come back. */
  fixed: boolean;
  onTokens: (tokens: Tokens) => void;
  onBack: () => void;
}

/** Email and password, and a link by mail for who forgot it. */
export function PasswordStep({ email, onEmail, fixed, onTokens, onBack }: PasswordStepProps) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; error: boolean }>();

  const attempt = async (work: () => Promise<void>, words: (error: unknown, now: Date) => string) => {
    setBusy(true);
    setSaid(undefined);
    try {
      await work();
    } catch (error) {
      setSaid({ text: words(error, new Date()), error: true });
    } finally {
      setBusy(false);
    }
  };
  const login = () =>
    attempt(async () => {
      const body = { email: email.trim(), password };
      onTokens(await call<Tokens>('POST', '/auth/password/login', { body, open: true }));
    }, passwordProblem);
  const forgot = () =>
    attempt(async () => {
      await call('POST', '/auth/password/forgot', { body: { email: email.trim() }, open: true });
      setSaid({ text: `A mail is on its way to ${email.trim()}. Its link works for 30 minutes, once.`, error: false });
    }, requestProblem);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void login();
      }}
    >
      <label className="field">
        <span className="label">Email</span>
        <input
          className="input"
          type="email"
          name="email"
          autoComplete="username"
          required
          readOnly={fixed}
          value={email}
          onChange={(event) => onEmail(event.target.value)}
        />
      </label>
      <label className="field">
        <span className="label">Password</span>
        <input
          className="input"
          type="password"
          name="password"
          autoComplete="current-password"
          autoFocus
          required
          aria-invalid={said?.error}
          aria-describedby="password-message"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <div className="row">
        <button type="submit" className="button button-primary" disabled={busy || password === ''}>
          Sign in
        </button>
        <button type="button" className="button" disabled={busy || !email.includes('@')} onClick={() => void forgot()}>
          Forgot it?
        </button>
        <button type="button" className="button button-quiet" onClick={onBack}>
          Use a code instead
        </button>
      </div>
      <p id="password-message" className={said?.error ? 'form-error' : ''} role={said?.error ? 'alert' : 'status'}>
        {said?.text}
      </p>
    </form>
  );
}
