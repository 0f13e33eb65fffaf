import { diffLines } from './diff.js';

const MARK = { same: '  ', added: '+ ', removed: '- ' };

export function DiffView({ before, after }: { before: string; after: string }) {
  return (
    <pre className="diff">
      {diffLines(before, after).map((line, at) => (
        <span key={at} data-change={line.change}>
          {MARK[line.change]}
          {line.text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
