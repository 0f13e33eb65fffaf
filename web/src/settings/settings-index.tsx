import { Page } from '../app/page.js';
import { useMedia } from '../ui/hooks.js';
import { ProfilePage } from './profile-page.js';
import { PageList } from './settings-page.js';

/** The list of all pages; where there is room beside it, the first. */
export function SettingsIndex() {
  const wide = useMedia('(min-width: 768px)');
  if (wide) return <ProfilePage />;
  return (
    <Page title="Settings">
      <h1>Settings</h1>
      <PageList />
    </Page>
  );
}
