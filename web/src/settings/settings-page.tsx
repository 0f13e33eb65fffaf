import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { accountQuery } from '../api/identity-queries.js';
import { Page } from '../app/page.js';
import { aRole, EVERY_SETTINGS_PAGE, SETTINGS_PAGES, type SettingsPageEntry, type SettingsPath } from './pages.js';

const GROUPS = { you: 'You', organization: 'Organization' } as const;

/** One page of the settings, beside the list of all. */
export function SettingsPage({ path, children }: { path: SettingsPath; children: ReactNode }) {
  const account = useQuery(accountQuery).data;
  const entry = EVERY_SETTINGS_PAGE.find((one) => one.path === path);
  const title = entry?.title ?? '';
  const refused = entry?.needs !== undefined && account !== undefined && !account.may.includes(entry.needs);
  return (
    <Page
      title={title}
      crumb={
        <>
          <Link to="/settings">Settings</Link>
          <span className="wide-only"> / {title}</span>
        </>
      }
    >
      <div className="settings">
        <div className="wide-only">
          <PageList />
        </div>
        <div className="settings-content">
          <h1>{title}</h1>
          {refused ? (
            <p className="note">
              This page is for admins of {account.organization.name}; you are {aRole(account.role)} there. An owner or
              an admin can change that.
            </p>
          ) : (
            children
          )}
        </div>
      </div>
    </Page>
  );
}

export function PageList() {
  const account = useQuery(accountQuery).data;
  const isShown = ({ needs }: SettingsPageEntry) => needs === undefined || account?.may.includes(needs) === true;
  return (
    <nav className="settings-list" aria-label="Settings">
      {(['you', 'organization'] as const).map((group) => (
        <div key={group}>
          <p className="label">
            {group === 'organization' ? (account?.organization.name ?? GROUPS[group]) : GROUPS[group]}
          </p>
          <ul>
            {SETTINGS_PAGES[group].filter(isShown).map(({ path, title }) => (
              <li key={path}>
                <Link to={`/settings/${path}`}>{title}</Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
