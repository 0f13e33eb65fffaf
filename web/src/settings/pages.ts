import type { Action, Role } from '../api/identity-types.js';

export interface SettingsPageEntry {
  path: string;
  title: string;
  /** What the commands and the list say of it. */
  help: string;
  /** Hidden from who may not. */
  needs?: Action;
}

/** In the order of the list beside the pages; commands are made from it too. */
export const SETTINGS_PAGES = {
  you: [
    { path: 'profile', title: 'Profile', help: 'Your name and address' },
    { path: 'password', title: 'Password', help: 'Change or set your password' },
    { path: 'credentials', title: 'Credentials', help: 'Where you are signed in, and your keys' },
    { path: 'keys', title: 'API keys', help: 'Keys for programs' },
    { path: 'appearance', title: 'Appearance', help: 'Theme, density, this browser' },
  ],
  organization: [
    { path: 'organization', title: 'Organization', help: 'Plan, usage, name; leave or transfer' },
    { path: 'members', title: 'Members', help: 'People, roles and invitations', needs: 'members.read' },
    { path: 'activity', title: 'Activity', help: 'Who did what', needs: 'activity.read' },
    { path: 'webhooks', title: 'Webhooks', help: 'Your programs are told what happens', needs: 'webhooks.manage' },
    { path: 'transfer', title: 'Export and import', help: 'Servers as a signed document', needs: 'servers.export' },
  ],
} as const satisfies Record<string, readonly SettingsPageEntry[]>;

export type SettingsPath = (typeof SETTINGS_PAGES)['you' | 'organization'][number]['path'];

export const EVERY_SETTINGS_PAGE: readonly SettingsPageEntry[] = Object.values(SETTINGS_PAGES).flat();

/** With the article that it takes in a sentence. */
export const aRole = (role: Role): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
