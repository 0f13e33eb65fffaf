import type { ToolCompatibility } from '../api/types.js';

/** From here on down a badge asks for attention. */
const GOOD = 90;
const FAIR = 70;

/** How well language models can call a tool. */
export function Score({ of: { score } }: { of: ToolCompatibility }) {
  const tone = score >= GOOD ? '' : score >= FAIR ? ' tag-warn' : ' tag-err';
  return (
    <span className={`tag${tone}`} title="How well models can call it, by its input schema: 100 is as it is">
      models {score}/100
    </span>
  );
}

/** Why the score is what it is, for whoever wrote the tool. */
export function Notes({ of: { vendors, notes } }: { of: ToolCompatibility }) {
  const all = Object.keys(vendors).length;
  return (
    <details data-testid="compatibility">
      <summary className="tool-more">
        what models are shown differently: {notes.length} {notes.length === 1 ? 'note' : 'notes'}
      </summary>
      <p className="dim">
        {Object.entries(vendors)
          .map(([vendor, score]) => `${vendor} ${score}`)
          .join(' · ')}
      </p>
      <ul className="tool-notes">
        {notes.map((note) => (
          <li key={`${note.code} ${note.path}`}>
            <span className="mono">{note.path === '' ? '/' : note.path}</span> {note.message}
            <span className="dim mono">
              {' '}
              {note.code}
              {note.vendors.length < all && ` (${note.vendors.join(', ')})`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
