import { isRecord } from '@app/session-protocol/client';
import { AnsiText } from '../console/ansi-text.js';
import { bytes } from '../ui/format.js';
import { JsonView } from '../ui/json-tree.js';
import { visible } from '../ui/visible.js';

const IMAGES = /^image\/(png|jpeg|gif|webp|avif)$/;
const MAX_IMAGE_CHARS = 8 * 1024 * 1024;

/** What a tool gave back, block by block. All of it is a stranger's: text stays text, links are shown and not followed. */
export function ContentBlocks({ content }: { content: readonly unknown[] }) {
  return content.map((block, at) => <Block key={at} block={block} />);
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function Block({ block }: { block: unknown }) {
  if (!isRecord(block)) return <JsonView name="The result" value={block} />;
  const data = text(block.data);
  const type = text(block.mimeType) ?? text(block.mime_type) ?? '';
  if (block.type === 'text' && typeof block.text === 'string') return <AnsiText text={block.text} />;
  if (block.type === 'image' && data !== undefined && IMAGES.test(type) && data.length <= MAX_IMAGE_CHARS) {
    return <img className="preview-image" src={`data:${type};base64,${data}`} alt="What the tool drew" />;
  }
  if (block.type === 'resource_link') return <Named block={block} what="link to" />;
  if (block.type === 'resource' && isRecord(block.resource)) {
    const { resource } = block;
    return (
      <>
        <Named block={resource} what="resource" />
        {typeof resource.text === 'string' && <AnsiText text={resource.text} />}
        {typeof resource.blob === 'string' && (
          <p className="dim">binary, {bytes(Math.floor((resource.blob.length * 3) / 4))}</p>
        )}
      </>
    );
  }
  if (typeof block.file === 'string') {
    return (
      <p className="dim">
        {visible(String(block.type))}: <span className="mono">{visible(block.file)}</span>, below
      </p>
    );
  }
  if (data !== undefined) {
    return (
      <p className="dim">
        {visible(String(block.type))} {visible(type)}: kept as a file below, if files are kept.
      </p>
    );
  }
  return <JsonView name="A block of the result" value={block} />;
}

function Named({ block, what }: { block: Record<string, unknown>; what: string }) {
  return (
    <p className="mono resource-line">
      <span className="dim">{what}</span> {visible(text(block.uri) ?? '')}
      {typeof block.name === 'string' && <span className="dim"> {visible(block.name)}</span>}
    </p>
  );
}
