import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { CallAnswer, CallArtifact } from '../api/tool-types.js';
import { bytes, duration } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { JsonView } from '../ui/json-tree.js';
import { visible } from '../ui/visible.js';
import { ContentBlocks } from './content-blocks.js';
import { CALL_ICONS, CALL_WORDS, nextStep } from './tool-words.js';

const FileSheet = lazy(async () => ({ default: (await import('../console/sheets/file-sheet.js')).FileSheet }));

/** What came of a call: the state, why, the content, files, and where it is written down. */
export function ResultView({ answer }: { answer: CallAnswer }) {
  const { status, result, error, artifacts, duration_ms, rule, request_id, log_id } = answer;
  const step = error === null ? undefined : nextStep(error.code);
  return (
    <div className="result" data-testid="call-result" data-status={status}>
      <p className="result-head">
        <span className="result-state">
          <Icon name={CALL_ICONS[status] ?? 'unknown'} /> {CALL_WORDS[status] ?? status}
        </span>
        <span className="mono">{duration(duration_ms)}</span>
        {result?.is_error === true && error?.code !== 'OUTPUT_INVALID' && (
          <span className="tag tag-err">the tool says: error</span>
        )}
      </p>
      {error !== null && (
        <div className="note note-error">
          <p>
            <strong className="mono">{error.code}</strong> {visible(error.message)}
          </p>
          {step !== undefined && <p>{step}</p>}
        </div>
      )}
      {answer.asked != null && (
        <p className="note">
          The tool asked something that only a session can answer:{' '}
          <span className="plain">{visible(answer.asked)}</span>
        </p>
      )}
      {result !== null && <ContentBlocks content={result.content} />}
      {result !== null && result.content.length === 0 && result.structured_content === undefined && (
        <p className="dim">The tool gave nothing back.</p>
      )}
      {result?.structured_content !== undefined && result.structured_content !== null && (
        <>
          <p className="label">structured content</p>
          <JsonView name="The structured content" value={result.structured_content} />
        </>
      )}
      {artifacts.length > 0 && <Files artifacts={artifacts} />}
      <p className="entry-meta dim">
        {rule !== null && <span>ran by: {rule.replaceAll('_', ' ')}</span>}
        {request_id !== null && <span className="mono">{request_id}</span>}
        {log_id !== null && (
          <Link to="/logs" search={{ open: log_id }}>
            in the log
          </Link>
        )}
      </p>
    </div>
  );
}

function Files({ artifacts }: { artifacts: readonly CallArtifact[] }) {
  const [open, setOpen] = useState<CallArtifact>();
  return (
    <>
      <p className="label">files</p>
      <ul className="entries">
        {artifacts.map((file) => (
          <li key={file.id} className="line">
            <span className="mono">{visible(file.name)}</span>
            <span className="dim">
              {file.content_type} · {bytes(file.size)}
            </span>
            <button type="button" className="button" aria-label={`Open ${file.name}`} onClick={() => setOpen(file)}>
              Open
            </button>
          </li>
        ))}
      </ul>
      {open !== undefined && (
        <Suspense fallback={null}>
          <FileSheet file={{ ...open, artifact_id: open.id, ts: '' }} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
}
