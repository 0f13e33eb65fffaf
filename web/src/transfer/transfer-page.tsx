import { SettingsPage } from '../settings/settings-page.js';

export function TransferPage() {
  return <SettingsPage path="transfer">soon</SettingsPage>;
}
