import { useState } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

function host(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : 'this page';
}

/** A remote image tells its host who reads this, so it is fetched only when asked for, and then by a new tab. */
function Image({ src, alt }: { src?: string | undefined; alt?: string | undefined }) {
  const [own] = useState(() => src !== undefined && src.startsWith('/api/artifacts/'));
  if (own) return <img src={src} alt={alt ?? ''} />;
  return (
    <span className="image-held">
      image from {host(src)}
      {alt ? ` (${alt})` : ''} ·{' '}
      <a href={src} target="_blank" rel="noopener noreferrer">
        open
      </a>
    </span>
  );
}

const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} title={host(href)} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => <Image src={typeof src === 'string' ? src : undefined} alt={alt} />,
  table: ({ children }) => (
    <div className="table-scroll">
      <table>{children}</table>
    </div>
  ),
};

/** Markdown without raw HTML: tags appear as the text they are, links and images are inert until chosen. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
