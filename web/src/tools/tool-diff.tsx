import type { DefinitionChange, DefinitionDiff } from '../api/tool-types.js';
import { visible, visibleJson } from '../ui/visible.js';
import { SideBySide } from './side-by-side.js';
import { SEVERITIES, SEVERITY_WORDS } from './tool-words.js';

interface ToolDiffProps {
  diff: DefinitionDiff;
  /** Whole definitions, where both are known. */
  before?: unknown;
  after?: unknown;
}

/** What a changed definition means, the worst first; then the text itself, side by side. */
export function ToolDiff({ diff, before, after }: ToolDiffProps) {
  const groups = SEVERITIES.map((severity) => ({
    severity,
    changes: diff.changes.filter((change) => change.severity === severity),
  })).filter(({ changes }) => changes.length > 0);
  return (
    <div data-testid="tool-diff">
      {groups.length === 0 && <p className="dim">No difference that a call or a model would notice.</p>}
      {groups.map(({ severity, changes }) => (
        <section key={severity} className="severity" data-severity={severity} aria-label={SEVERITY_WORDS[severity]}>
          <p className="label">{SEVERITY_WORDS[severity]}</p>
          <ul>
            {changes.map((change, at) => (
              <Change key={at} change={change} />
            ))}
          </ul>
        </section>
      ))}
      {before !== undefined && after !== undefined && (
        <details className="fold">
          <summary>both definitions, line by line</summary>
          <SideBySide before={visibleJson(before)} after={visibleJson(after)} />
        </details>
      )}
    </div>
  );
}

function Change({ change: { path, message, before, after } }: { change: DefinitionChange }) {
  return (
    <li className="change">
      <p>
        {visible(message)} <span className="mono dim">{visible(path)}</span>
      </p>
      {(before !== undefined || after !== undefined) && (
        <div className="change-values">
          {before !== undefined && <Value change="removed" value={before} />}
          {after !== undefined && <Value change="added" value={after} />}
        </div>
      )}
    </li>
  );
}

function Value({ change, value }: { change: 'added' | 'removed'; value: unknown }) {
  return (
    <pre className="diff diff-value" tabIndex={0} role="group" aria-label={change === 'added' ? 'Now' : 'Before'}>
      <span data-change={change}>
        {change === 'added' ? '+ ' : '- '}
        {typeof value === 'string' ? visible(value) : visibleJson(value)}
      </span>
    </pre>
  );
}
