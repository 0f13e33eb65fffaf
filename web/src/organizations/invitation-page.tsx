import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { call } from '../api/http.js';
import { accountQuery, organizationsQuery } from '../api/identity-queries.js';
import type { OrganizationRow, Role } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { endSignIn, forgetPerson, useSignedIn } from '../api/signed-in.js';
import { Gone, isGone, LinkPage } from '../auth/link-page.js';
import { SignInForm } from '../auth/sign-in-form.js';
import { aRole } from '../settings/pages.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { switchTo } from './switch.js';

interface About {
  organization_name: string;
  role: Role;
  email: string;
  invited_by: string | null;
}

const instead = (
  <>
    Ask who invited you for a new invitation. One to your address also shows at <Link to="/">home</Link>.
  </>
);

export function InvitationPage() {
  return (
    <LinkPage<About> title="Invitation" peek="/invitations/peek" instead={instead}>
      {(about, token) => <Invitation about={about} token={token} />}
    </LinkPage>
  );
}

function Invitation({ about, token }: { about: About; token: string }) {
  const signedIn = useSignedIn(({ state }) => state);
  const { organization_name, role, email, invited_by } = about;
  return (
    <>
      <p>
        {invited_by === null ? 'You are invited' : `${invited_by} invites you`} to join{' '}
        <strong>{organization_name}</strong> as {aRole(role)}, with the address <strong>{email}</strong>.
      </p>
      {signedIn === 'yes' ? (
        <Answer about={about} token={token} />
      ) : (
        <>
          <p>First sign in with that address.</p>
          <SignInForm fixedEmail={email} onDone={() => undefined} />
        </>
      )}
    </>
  );
}

function Answer({ about: { email, organization_name }, token }: { about: About; token: string }) {
  const router = useRouter();
  const account = useQuery(accountQuery);
  const joining = useMutation({
    mutationFn: async () => {
      const { id } = await call<OrganizationRow>('POST', '/invitations/accept', { body: { token } });
      await switchTo(id);
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey });
      router.history.replace('/');
    },
  });
  if (account.isPending) return <Loading what="your account" />;
  if (account.isError) return <ErrorNote error={account.error} onRetry={() => void account.refetch()} />;
  if (account.data.user.email.toLowerCase() !== email.toLowerCase()) {
    return (
      <>
        <p>
          You are signed in here as <strong>{account.data.user.email}</strong>.
        </p>
        <button
          type="button"
          className="button button-primary"
          onClick={() => {
            endSignIn();
            forgetPerson();
            queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'link' });
          }}
        >
          Sign in as {email}
        </button>
      </>
    );
  }
  if (isGone(joining.error)) return <Gone>{instead}</Gone>;
  return (
    <>
      <button
        type="button"
        className="button button-primary"
        autoFocus
        disabled={joining.isPending}
        onClick={() => joining.mutate()}
      >
        Join {organization_name}
      </button>
      {joining.isError && <ErrorNote error={joining.error} />}
    </>
  );
}
