import type { Tool } from '../api/types.js';

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
          </p>
          {tool.description !== undefined && <p className="tool-text">{tool.description}</p>}
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
