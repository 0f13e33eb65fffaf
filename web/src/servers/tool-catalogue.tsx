import type { Tool, ToolCompatibility } from '../api/types.js';

/** Every tool with what it claims, its text and its schema. */
export function ToolCatalogue({ tools }: { tools: Tool[] }) {
  if (tools.length === 0) return <p className="empty">This server offers no tools.</p>;
  return (
    <ul className="tools">
      {tools.map((tool) => (
        <li key={tool.name}>
          <p className="tool-name mono">
            {tool.name}
            {tool.read_only && <span className="tag">claims read-only</span>}
            {!tool.read_only && !tool.destructive && <span className="tag tag-warn">writes</span>}
            {tool.destructive && <span className="tag tag-err">destructive</span>}
            {tool.compatibility && <Score of={tool.compatibility} />}
          </p>
          {tool.description !== undefined && <p className="tool-text">{tool.description}</p>}
          {tool.compatibility && tool.compatibility.notes.length > 0 && <Notes of={tool.compatibility} />}
          <details>
            <summary>input schema</summary>
            <pre className="code">{JSON.stringify(tool.input_schema, null, 2)}</pre>
          </details>
          {tool.output_schema && (
            <details>
              <summary>output schema</summary>
              <pre className="code">{JSON.stringify(tool.output_schema, null, 2)}</pre>
            </details>
          )}
          <p className="dim mono pin" title="SHA-256 of the definition">
            pin {tool.pin.slice(0, 16)}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** From here on down a badge asks for attention. */
const GOOD = 90;
const FAIR = 70;

function Score({ of: { score } }: { of: ToolCompatibility }) {
  const tone = score >= GOOD ? '' : score >= FAIR ? ' tag-warn' : ' tag-err';
  return (
    <span className={`tag${tone}`} title="How well models can call it, by its input schema: 100 is as it is">
      models {score}/100
    </span>
  );
}

/** Why the score is what it is, for whoever wrote the tool. */
function Notes({ of: { vendors, notes } }: { of: ToolCompatibility }) {
  const all = Object.keys(vendors).length;
  return (
    <details data-testid="compatibility">
      <summary>
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
