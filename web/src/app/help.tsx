import { useState } from 'react';
import { Dialog } from '../ui/dialog.js';
import { KEY_PLACES, type KeyPlace } from './command.js';
import { COMMANDS, isOffered } from './commands.js';
import { fuzzy } from './fuzzy.js';
import { FIXED_KEYS } from './fixed-keys.js';
import { keyLabel } from './keys.js';
import { closeOverlay } from './ui-state.js';

interface Row {
  keys: string[];
  does: string;
}

function rowsOf(place: KeyPlace): Row[] {
  const own = COMMANDS.filter((command) => command.keys?.place === place && isOffered(command, true));
  return [...own.map((one) => ({ keys: one.keys?.names ?? [], does: one.title })), ...FIXED_KEYS[place]];
}

/** Keys per place and every slash command, made from the registry. */
export function HelpOverlay() {
  const [query, setQuery] = useState('');
  const fits = (text: string) => fuzzy(query, text) !== undefined;
  const commands = COMMANDS.filter(
    (one) => one.slash && isOffered(one, true) && fits(`${one.slash.join(' ')} ${one.help}`),
  );
  return (
    <Dialog title="Keys and commands" onClose={closeOverlay} wide testId="help">
      <input
        className="input"
        type="search"
        placeholder="Find a key or a command"
        aria-label="Find a key or a command"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <div className="help-columns">
        {KEY_PLACES.map((place) => {
          const rows = rowsOf(place).filter((row) => fits(`${row.keys.join(' ')} ${row.does}`));
          if (rows.length === 0) return null;
          return (
            <section key={place}>
              <h3 className="label">{place}</h3>
              <dl className="keys">
                {rows.map((row) => (
                  <div key={row.does}>
                    <dt>
                      {row.keys.map((key) => (
                        <kbd key={key}>{keyLabel(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{row.does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        {commands.length > 0 && (
          <section className="help-commands">
            <h3 className="label">commands</h3>
            <dl className="keys">
              {commands.map((one) => (
                <div key={one.id}>
                  <dt>
                    /{one.slash?.[0]} <span className="dim">{one.args}</span>
                  </dt>
                  <dd>{one.help}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
      </div>
    </Dialog>
  );
}
