import { lazy, memo, Suspense } from 'react';
import { closedBlocks } from './untrusted.js';

const Markdown = lazy(async () => ({ default: (await import('./markdown.js')).Markdown }));

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className="prose plain">{text}</div>}>
      <Markdown text={text} />
    </Suspense>
  );
});

/** What the agent says. While it is being written, closed blocks are set once and the open one is plain text. */
export function Prose({ text, streaming }: { text: string; streaming: boolean }) {
  if (!streaming) return <Block text={text} />;
  const { closed, open } = closedBlocks(text);
  return (
    <>
      {closed.map((block, at) => (
        <Block key={at} text={block} />
      ))}
      <div className="prose plain">
        {open}
        <span className="writing" aria-hidden="true" />
      </div>
    </>
  );
}
