import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSignedIn } from '../api/signed-in.js';
import { watchApprovals } from '../approvals/watch.js';
import { SignInAgain } from '../auth/sign-in-again.js';
import { Announcer } from '../ui/announcer.js';
import { Boundary } from '../ui/boundary.js';
import { Sprite } from '../ui/icons.js';
import { useCommandContext } from './active.js';
import { GlobalKeys } from './global-keys.js';
import { HelpOverlay } from './help.js';
import { isOpenPage } from './open-pages.js';
import { Palette } from './palette.js';
import { closeOverlay, useUi } from './ui-state.js';

export function Shell() {
  const overlay = useUi((state) => state.overlay.kind);
  const signedIn = useSignedIn((state) => state.state);
  const { signOut } = useCommandContext();
  const { pathname } = useLocation();
  const inside = !isOpenPage(pathname);

  const watching = inside && signedIn === 'yes';

  useEffect(() => closeOverlay, [pathname]);
  useEffect(() => (watching ? watchApprovals() : undefined), [watching]);
  useEffect(() => {
    // Signed out in another tab.
    if (signedIn === 'no' && inside) signOut();
  }, [signedIn, inside, signOut]);

  return (
    <>
      <Sprite />
      <Announcer />
      <GlobalKeys />
      <Boundary name="page">
        <Outlet />
      </Boundary>
      {inside && overlay === 'palette' && <Palette />}
      {overlay === 'help' && <HelpOverlay />}
      {inside && signedIn === 'ended' && <SignInAgain />}
    </>
  );
}

export function NotFound() {
  return (
    <main className="office narrow">
      <h1>There is no such page</h1>
      <p>
        The address may be mistyped, or what it named was deleted. <Link to="/">Go home</Link>
      </p>
    </main>
  );
}
