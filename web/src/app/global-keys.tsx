import { useEffect } from 'react';
import { inTextField } from '../ui/text-field.js';
import { useCommandContext } from './active.js';
import { COMMANDS, isOffered } from './commands.js';
import type { Command } from './command.js';
import { keyName } from './keys.js';
import { isOpenPage } from './open-pages.js';
import { perform } from './perform.js';
import { useUi } from './ui-state.js';

const ANYWHERE = COMMANDS.filter((command) => command.keys?.place === 'anywhere');
const PREFIX_MS = 1_500;

function commandFor(name: string): Command | undefined {
  return ANYWHERE.find((command) => command.keys?.names.includes(name));
}

/** The order in which a screen reader would want them, which is not quite that of the page. */
const REGIONS = ['header', 'main', 'transcript', 'plan', 'logs', 'files', 'composer', 'status'];

function walkRegions(step: number): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')]
    .filter((one) => one.getClientRects().length > 0)
    .sort((left, right) => REGIONS.indexOf(left.dataset.region ?? '') - REGIONS.indexOf(right.dataset.region ?? ''));
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  const field = next?.dataset.region === 'composer' ? next.querySelector<HTMLElement>('textarea') : undefined;
  (field ?? next)?.focus();
}

/** Keys that work wherever the focus is; single letters never fire in a text field. */
export function GlobalKeys() {
  const context = useCommandContext();
  useEffect(() => {
    let prefixAt = -PREFIX_MS;
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.key === 'F6') {
        event.preventDefault();
        walkRegions(event.shiftKey ? -1 : 1);
        return;
      }
      const name = keyName(event);
      const chord = name.startsWith('Mod+');
      const dialogOpen = document.querySelector('dialog[open]') !== null;
      if (!chord && (inTextField(event.target) || dialogOpen)) return;
      if (isOpenPage(location.pathname) && name !== '?') return;
      if (name === 'g') {
        prefixAt = performance.now();
        return;
      }
      const prefixed = performance.now() - prefixAt < PREFIX_MS;
      prefixAt = -PREFIX_MS;
      const command = (prefixed ? commandFor(`g ${name}`) : undefined) ?? commandFor(name);
      if (!command || !isOffered(command, context.live !== undefined)) return;
      if (dialogOpen && command.id !== 'palette') return;
      event.preventDefault();
      void perform(command, context);
    };
    const escape = (event: KeyboardEvent) => {
      // Leave a pane for the composer.
      if (event.key !== 'Escape' || event.defaultPrevented || inTextField(event.target)) return;
      if (useUi.getState().overlay.kind === 'none')
        document.querySelector<HTMLElement>('[data-testid=composer]')?.focus();
    };
    addEventListener('keydown', pressed);
    addEventListener('keydown', escape);
    return () => {
      removeEventListener('keydown', pressed);
      removeEventListener('keydown', escape);
    };
  }, [context]);
  return null;
}
