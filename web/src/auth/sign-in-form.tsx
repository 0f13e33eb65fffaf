import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { instanceQuery } from '../api/queries.js';
import { signIn } from '../api/signed-in.js';
import type { Tokens } from '../api/tokens.js';
import { useNow } from '../ui/hooks.js';
import { otpProblem, readCode, requestProblem } from './otp-copy.js';
import { PasswordStep } from './password-step.js';

type Step = { name: 'email' } | { name: 'password' } | { name: 'code'; resendAt: number };

/** Email, then the six digits, or a password. `fixedEmail` where it is known who must come back. */
export function SignInForm({ onDone, fixedEmail }: { onDone: (isNew: boolean) => void; fixedEmail?: string }) {
  const [email, setEmail] = useState(fixedEmail ?? '');
  const [step, setStep] = useState<Step>({ name: 'email' });
  const [code, setCode] = useState('');
  const [message, setMessage] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const codeField = useRef<HTMLInputElement>(null);
  const instance = useQuery(instanceQuery).data;
  const now = useNow(1_000, step.name === 'code');
  const wait = step.name === 'code' ? Math.max(0, Math.ceil((step.resendAt - now) / 1_000)) : 0;

  useEffect(() => {
    if (step.name === 'code') codeField.current?.focus();
  }, [step.name]);

  const request = async () => {
    setBusy(true);
    setMessage(undefined);
    try {
      const { cooldown_sec } = await call<{ cooldown_sec: number }>('POST', '/auth/otp/request', {
        body: { email: email.trim() },
        open: true,
      });
      setCode('');
      setStep({ name: 'code', resendAt: Date.now() + cooldown_sec * 1_000 });
    } catch (error) {
      setMessage(requestProblem(error, new Date()));
      // A code may well be in the mailbox already: let it be typed.
      if (error instanceof Problem && error.status === 429 && error.code.includes('COOLDOWN')) {
        setStep({ name: 'code', resendAt: Date.now() + (error.retryAfter ?? 30) * 1_000 });
      }
    } finally {
      setBusy(false);
    }
  };

  const verify = async (digits: string) => {
    setBusy(true);
    setMessage(undefined);
    try {
      const answer = await call<Tokens & { is_new_user: boolean }>('POST', '/auth/otp/verify', {
        body: { email: email.trim(), code: digits },
        open: true,
      });
      signIn(answer);
      onDone(answer.is_new_user);
    } catch (error) {
      setMessage(otpProblem(error, new Date()));
      setCode('');
      codeField.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  const typed = (text: string) => {
    const digits = readCode(text);
    setCode(digits);
    if (digits.length === 6 && !busy) void verify(digits);
  };

  return (
    <div className="sign-in-form">
      {step.name === 'password' && (
        <PasswordStep
          email={email}
          onEmail={setEmail}
          fixed={fixedEmail !== undefined}
          onTokens={(tokens) => {
            signIn(tokens);
            onDone(false);
          }}
          onBack={() => setStep({ name: 'email' })}
        />
      )}
      {step.name === 'email' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void request();
          }}
        >
          <label className="field">
            <span className="label">Email</span>
            <input
              className="input"
              type="email"
              name="email"
              autoComplete="email"
              autoFocus
              required
              readOnly={fixedEmail !== undefined}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              data-testid="email"
            />
          </label>
          <div className="row">
            <button type="submit" className="button button-primary" disabled={busy}>
              {busy ? 'Sending…' : 'Send code'}
            </button>
            <button
              type="button"
              className="button button-quiet"
              onClick={() => {
                setStep({ name: 'password' });
                setMessage(undefined);
              }}
            >
              Use a password
            </button>
          </div>
        </form>
      )}
      {step.name === 'code' && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 6) void verify(code);
          }}
        >
          <p>
            Code sent to <strong>{email}</strong>. It works for 10 minutes, once.
          </p>
          <label className="field">
            <span className="label">Six-digit code</span>
            <input
              ref={codeField}
              className="input otp"
              data-testid="otp"
              inputMode="numeric"
              autoComplete="one-time-code"
              aria-describedby="otp-message"
              aria-invalid={message !== undefined}
              readOnly={busy}
              value={code}
              onChange={(event) => typed(event.target.value)}
            />
          </label>
          <div className="row">
            <button type="submit" className="button button-primary" disabled={busy || code.length < 6}>
              {busy ? 'Checking…' : 'Sign in'}
            </button>
            <button type="button" className="button" disabled={wait > 0 || busy} onClick={() => void request()}>
              {wait > 0 ? `New code in ${wait} s` : 'Send a new code'}
            </button>
            {fixedEmail === undefined && (
              <button
                type="button"
                className="button button-quiet"
                onClick={() => {
                  setStep({ name: 'email' });
                  setMessage(undefined);
                }}
              >
                Back
              </button>
            )}
          </div>
        </form>
      )}
      <p id="otp-message" className="form-error" role="alert">
        {message}
      </p>
      {instance?.dev_mailbox && (
        <p className="dev-strip">
          Development mail:{' '}
          <a href="/dev/mailbox" target="_blank" rel="noopener">
            open mailbox
          </a>
        </p>
      )}
    </div>
  );
}
