import { useState } from 'react';
import type { DefinitionChange, DefinitionDiff } from '../api/tool-types.js';
import { visible, visibleJson } from '../ui/visible.js';
import { CompareText } from './compare-text.js';
import { joinWords } from './join-words.js';
import { SEVERITIES, SEVERITY_WORDS } from './tool-words.js';

interface ToolDiffProps {
  diff: DefinitionDiff;
  /** For who may ask for the earlier definition: it beside the one of now. */
  compare?: { serverId: string; tool: string; definition: unknown };
}

/** What a changed definition means, the worst first; then the text itself, side by side. */
export function ToolDiff({ diff, compare }: ToolDiffProps) {
  const [open, setOpen] = useState(false);
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
      {compare !== undefined && (
        <details className="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>both definitions, line by line</summary>
          {open && <CompareText {...compare} from={diff.from} />}
        </details>
      )}
    </div>
  );
}

function Change({ change: { path, message, before, after, words } }: { change: DefinitionChange }) {
  return (
    <li className="change">
      <p>
        {visible(message)} <span className="mono dim">{visible(path)}</span>
      </p>
      {words !== undefined && <Words words={words} />}
      {words === undefined && (before !== undefined || after !== undefined) && (
        <div className="change-values">
          {before !== undefined && <Value change="removed" value={before} />}
          {after !== undefined && <Value change="added" value={after} />}
        </div>
      )}
    </li>
  );
}

/** A text word by word: what went is struck through, what came is underlined. */
function Words({ words }: { words: NonNullable<DefinitionChange['words']> }) {
  return (
    <p className="words">
      {joinWords(words).map(({ op, text }, at) => {
        if (op === 'removed') return <del key={at}>{visible(text)}</del>;
        return op === 'added' ? <ins key={at}>{visible(text)}</ins> : <span key={at}>{visible(text)}</span>;
      })}
    </p>
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
