import { organizationOptions, switchByName } from '../organizations/switch.js';
import { EVERY_SETTINGS_PAGE } from '../settings/pages.js';
import type { Command } from './command.js';
import { goTo } from './go-to.js';

/** Where a page's own name means something else already. */
const SLASHES: Record<string, string> = { keys: 'api-keys', appearance: 'look' };
const LETTERS: Record<string, string> = { keys: 'k', members: 'm', activity: 'e' };

const pages = EVERY_SETTINGS_PAGE.filter(({ path }) => path !== 'organization').map(({ path, title, help, needs }) => {
  const letter = LETTERS[path];
  return goTo({
    id: `settings-${path}`,
    title: `${title}: ${help.charAt(0).toLowerCase()}${help.slice(1)}`,
    to: `/settings/${path}`,
    slash: SLASHES[path] ?? path,
    needs,
    ...(letter === undefined ? {} : { letter }),
  });
});

/** Pages about who one is and where, and going elsewhere. */
export const identityCommands: Command[] = [
  ...pages,
  {
    id: 'organization',
    title: 'Organization: plan and usage; switch to another',
    help: 'The page, or a switch to the named organization',
    slash: ['organization', 'org'],
    args: '[name]',
    complete: organizationOptions,
    keys: { place: 'anywhere', names: ['g o'] },
    run: ({ go }, argument) => switchByName(argument, go),
  },
];
