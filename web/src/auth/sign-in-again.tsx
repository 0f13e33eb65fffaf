import { useQuery } from '@tanstack/react-query';
import { useActive } from '../app/active.js';
import { queryClient, profileQuery } from '../api/queries.js';
import { Dialog } from '../ui/dialog.js';
import { SignInForm } from './sign-in-form.js';

/** Over the page when a sign-in ended by itself: what is on the screen stays, and goes on afterwards. */
export function SignInAgain() {
  const user = useQuery({ ...profileQuery, enabled: false }).data;
  return (
    <Dialog title="Sign in again" onClose={() => undefined} fixed>
      <p>Your sign-in ended. This page is kept.</p>
      <SignInForm
        {...(user ? { fixedEmail: user.email } : {})}
        onDone={() => {
          void queryClient.invalidateQueries();
          useActive.getState().live?.reconnect();
        }}
      />
    </Dialog>
  );
}
