import { useState } from 'react';
import type { Presentation, ToolsetOffer } from '../api/toolset-types.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { SEARCH_TOKENS } from './toolset-words.js';

const AT_ONCE = 50;

/** What a client sees of a toolset, by what its servers offer now. */
export function Offer({ offer, presentation }: { offer: ToolsetOffer; presentation: Presentation }) {
  const { tools, tokens, collisions, entries } = offer;
  const [whole, setWhole] = useState(false);
  const missing = entries.filter(({ state }) => state === 'missing').length;
  const shown = tools.filter(({ quarantined }) => !quarantined);
  return (
    <section className="section" aria-labelledby="offer">
      <h2 id="offer">What a client sees</h2>
      <p data-testid="offer-size">
        {plural(shown.length, 'tool')},{' '}
        {presentation === 'search'
          ? `found by search: about ${SEARCH_TOKENS} tokens instead of ${tokens.toLocaleString('en')}.`
          : `about ${tokens.toLocaleString('en')} tokens of definitions in every conversation.`}
      </p>
      {missing > 0 && (
        <p className="note" role="note">
          {plural(missing, 'entry', 'entries')} {missing === 1 ? 'is' : 'are'} missing: the server or the tool is not
          there now. {missing === 1 ? 'It is' : 'They are'} kept, and offered again when it comes back.
        </p>
      )}
      {collisions.map(({ name, entry }) => (
        <p key={`${entry} ${name}`} className="note note-error" role="alert">
          Two tools are called <span className="mono">{visible(name)}</span>: that of{' '}
          {visible(entries[entry]?.server_name ?? 'a server that is gone')} is left out. Rename or hide one.
        </p>
      ))}
      {tools.length === 0 && <p className="empty">Nothing yet.</p>}
      <ul className="tools" data-testid="offered">
        {(whole ? tools : tools.slice(0, AT_ONCE)).map((tool) => (
          <li key={tool.name} className="tool-row">
            <div className="tool-main">
              <p className="tool-name mono">
                {visible(tool.name)}
                {tool.quarantined && <span className="tag tag-warn">in quarantine</span>}
                <span className="dim tool-of">
                  {visible(tool.server_name)}
                  {tool.tool !== tool.name && `: ${visible(tool.tool)}`} · {plural(tool.tokens, 'token')}
                </span>
              </p>
              <p className="tool-text tool-short">{visible(tool.description || tool.title)}</p>
            </div>
          </li>
        ))}
      </ul>
      {!whole && tools.length > AT_ONCE && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {tools.length} tools
        </button>
      )}
    </section>
  );
}
