import type { AuthenticationRequest } from '@app/session-protocol';
import { useMay } from '../api/identity-queries.js';
import { useConnected, useLive, useLiveSession } from './live-context.js';

const ENDED: Record<string, string> = {
  accept: 'signed in, the call goes on',
  decline: 'declined',
  cancel: 'cancelled',
  expired: 'nobody signed in in time',
};

/** A call that waits until somebody signs in to its server; it goes on by itself then. */
export function SignInRequest({ request, action }: { request: AuthenticationRequest; action: string | undefined }) {
  const live = useLiveSession();
  const mayUse = useMay('sessions.use');
  const connected = useConnected();
  const open = useLive(({ session }) => session.sign_ins.some((one) => one.request_id === request.request_id));
  const { request_id, server_id, server_name, reason } = request;
  const asks = (
    <p>
      <span className="tag">{server_name}</span> <span className="plain">{reason}</span>
    </p>
  );
  if (action !== undefined || !open) {
    return (
      <>
        {asks}
        <p className="dim">{ENDED[action ?? 'expired'] ?? action}</p>
      </>
    );
  }
  return (
    <div className="question" data-testid="sign-in-request">
      {asks}
      <p className="row">
        {/* In another tab: the call goes on here as soon as it is done there. */}
        <a className="button button-primary" href={`/servers/${server_id}`} target="_blank" rel="noopener noreferrer">
          Sign in to {server_name}
        </a>
        {mayUse && (
          <button
            type="button"
            className="button button-quiet"
            disabled={!connected}
            onClick={() => live.answer({ request_id, action: 'decline' })}
          >
            Decline
          </button>
        )}
      </p>
    </div>
  );
}
