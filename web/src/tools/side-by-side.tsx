import { useMemo } from 'react';
import { DiffView } from '../console/diff-view.js';
import { diffLines } from '../console/diff.js';
import { useMedia } from '../ui/hooks.js';
import { pairLines } from './pair-lines.js';

/** Two texts beside each other, where there is room; else one below the other, line by line. */
export function SideBySide({ before, after }: { before: string; after: string }) {
  const wide = useMedia('(min-width: 1000px)');
  const rows = useMemo(() => pairLines(diffLines(before, after)), [before, after]);
  if (!wide) return <DiffView before={before} after={after} />;
  return (
    <div className="sides" tabIndex={0} role="group" aria-label="Before and after">
      {rows.map(({ left, right }, at) => (
        <div key={at} className="sides-row">
          <span data-change={left?.change}>{left?.text ?? ''}</span>
          <span data-change={right?.change}>{right?.text ?? ''}</span>
        </div>
      ))}
    </div>
  );
}
