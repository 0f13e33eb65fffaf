import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Artifact } from '../../session/state.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote, Loading } from '../../ui/feedback.js';
import { bytes } from '../../ui/format.js';
import { copyText } from '../../ui/hooks.js';
import { saveArtifact, signedLink } from '../artifact-link.js';
import { parseTable, previewOf } from '../preview.js';

const Markdown = lazy(async () => ({ default: (await import('../markdown.js')).Markdown }));
const ASK_FROM = 5 * 1024 * 1024;
const ROWS = 500;

/** Looks into a file without leaving the console; what cannot be shown safely is offered for saving. */
export function FileSheet({ file, onClose }: { file: Artifact; onClose: () => void }) {
  const [asked, setAsked] = useState(file.size <= ASK_FROM);
  const kind = previewOf(file.content_type, file.name);
  const saving = useMutation({ mutationFn: () => saveArtifact(file) });
  return (
    <Dialog
      title={file.name}
      onClose={onClose}
      wide
      testId="file"
      actions={
        <button type="button" className="button button-primary" onClick={() => saving.mutate()}>
          Save {bytes(file.size)}
        </button>
      }
    >
      <p className="dim">
        {file.content_type} · {bytes(file.size)} · <span className="sha">sha-256 {file.sha256}</span>{' '}
        <button type="button" className="text-button" onClick={() => void copyText(file.sha256)}>
          copy
        </button>
      </p>
      {saving.isError && <ErrorNote title="Not saved" error={saving.error} />}
      {kind === 'none' && (
        <p>
          No preview for {file.content_type} · {bytes(file.size)}. Save it to open it.
        </p>
      )}
      {kind !== 'none' && !asked && (
        <p>
          This file is {bytes(file.size)}.{' '}
          <button type="button" className="button" onClick={() => setAsked(true)}>
            Show it anyway
          </button>
        </p>
      )}
      {kind !== 'none' && asked && <Preview file={file} kind={kind} />}
    </Dialog>
  );
}

function Preview({ file, kind }: { file: Artifact; kind: Exclude<ReturnType<typeof previewOf>, 'none'> }) {
  const media = kind === 'image' || kind === 'audio' || kind === 'video';
  const query = useQuery({
    queryKey: ['artifact', file.artifact_id],
    queryFn: async ({ signal }) => {
      const link = await signedLink(file.artifact_id);
      if (media) return link;
      const response = await fetch(link, { signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]) });
      if (!response.ok) throw new Error(`The file could not be read (${response.status}).`);
      return response.text();
    },
    // A link lives five minutes.
    staleTime: 240_000,
  });
  if (query.isPending) return <Loading what={file.name} lines={6} />;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  const text = query.data;
  switch (kind) {
    case 'image':
      return <img className="preview-image" src={text} alt={file.name} />;
    case 'audio':
      return <audio controls src={text} />;
    case 'video':
      return <video className="preview-image" controls src={text} />;
    case 'markdown':
      return (
        <Suspense fallback={<pre className="output">{text}</pre>}>
          <Markdown text={text} />
        </Suspense>
      );
    case 'table':
      return <Table text={text} separator={file.content_type.includes('tab-separated') ? '\t' : ','} />;
    case 'json':
      return <pre className="output">{pretty(text)}</pre>;
    case 'text':
      return <pre className="output">{text}</pre>;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Table({ text, separator }: { text: string; separator: string }) {
  const { rows, more } = parseTable(text, separator, ROWS);
  const [head = [], ...body] = rows;
  return (
    <>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              {head.map((cell, at) => (
                <th key={at} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column} className={/^-?[\d.,]+%?$/.test(cell) ? 'number' : undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && <p className="dim">The first {ROWS} rows. Save the file for all of them.</p>}
    </>
  );
}
