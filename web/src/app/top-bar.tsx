import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { organizationsQuery } from '../api/identity-queries.js';
import { instanceQuery, profileQuery } from '../api/queries.js';
import { useWaiting } from '../approvals/use-counts.js';
import { Icon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { useCommandContext } from './active.js';
import { commandById } from './commands.js';
import { keyLabel } from './keys.js';
import { setLook, THEMES, useLook } from './look.js';
import { perform } from './perform.js';
import { openOverlay } from './ui-state.js';
import { Mark } from './wordmark.js';

/** The bar at the top of every page behind the sign-in. */
export function TopBar({ children, menu }: { children?: ReactNode; menu?: ReactNode }) {
  const { theme } = useLook();
  const { go, signOut } = useCommandContext();
  const user = useQuery(profileQuery).data;
  const instance = useQuery(instanceQuery).data;
  return (
    <header className="top" data-region="header" tabIndex={-1} aria-label="Session bar">
      <Link to="/" className="top-home" aria-label="Home">
        <Mark />
      </Link>
      <div className="top-title">{children}</div>
      {menu}
      <MainNav />
      <Waiting />
      <Organizations />
      {instance?.environment === 'development' && (
        <span className="tag tag-dev" title="Development mode: not for production">
          dev
        </span>
      )}
      <button type="button" className="bar-button" onClick={() => openOverlay({ kind: 'palette', query: '' })}>
        <span className="wide-only">{keyLabel('Mod+K')}</span>
        <span className="narrow-only">Find</span>
      </button>
      <button
        type="button"
        className="bar-button wide-only"
        aria-label="Keys and commands"
        onClick={() => openOverlay({ kind: 'help' })}
      >
        ?
      </button>
      <span className="wide-only">
        <Menu
          name="Theme"
          label="theme"
          entries={THEMES.map((one) => ({ label: one, checked: one === theme, run: () => setLook({ theme: one }) }))}
        />
      </span>
      <Menu
        name={`Account: ${user?.username ?? 'you'}`}
        label={user?.username ?? 'you'}
        entries={[
          { label: 'Servers', run: () => go('/servers') },
          { label: 'Approvals', run: () => go('/approvals') },
          { label: 'Catalogue', run: () => go('/catalogue') },
          { label: 'Request logs', run: () => go('/logs') },
          { label: 'Toolsets', run: () => go('/toolsets') },
          { label: 'Connect a client', run: () => go('/connect') },
          { label: 'Usage', run: () => go('/usage') },
          { label: 'API keys', run: () => go('/settings/keys') },
          { label: 'Settings', run: () => go('/settings') },
          { label: 'Keys and commands', run: () => openOverlay({ kind: 'help' }) },
          { label: 'Sign out', run: signOut },
        ]}
      />
    </header>
  );
}

const MAIN = [
  ['/servers', 'Servers'],
  ['/approvals', 'Approvals'],
  ['/logs', 'Logs'],
  ['/catalogue', 'Catalogue'],
  ['/connect', 'Connect'],
] as const;

/** Where one goes most; where there is no room the account's menu has them. */
function MainNav() {
  return (
    <nav className="main-nav" aria-label="Main">
      {MAIN.map(([to, words]) => (
        <Link key={to} to={to} className="bar-button">
          {words}
        </Link>
      ))}
    </nav>
  );
}

/** How much waits for this person; nothing while nothing does. */
function Waiting() {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <Link to="/approvals" className="bar-button bar-waiting">
      <Icon name="diamond" />
      <span>
        {waiting}
        <span className="unseen"> {waiting === 1 ? 'approval' : 'approvals'}</span>
        <span className="wide-only"> waiting</span>
      </span>
    </Link>
  );
}

/** Where one is, for who belongs to several; a list to go elsewhere. */
function Organizations() {
  const context = useCommandContext();
  const organizations = useQuery(organizationsQuery).data ?? [];
  const switching = commandById('organization');
  const current = organizations.find((one) => one.current);
  if (organizations.length < 2) return null;
  return (
    <Menu
      name={`Organization: ${current?.name ?? ''}`}
      label={current?.name ?? 'organization'}
      entries={organizations.map((one) => ({
        label: one.name,
        checked: one.current,
        run: () => {
          if (!one.current && switching) void perform(switching, context, one.name);
        },
      }))}
    />
  );
}
