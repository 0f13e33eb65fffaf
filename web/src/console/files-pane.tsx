import { useState } from 'react';
import { openOverlay } from '../app/ui-state.js';
import type { Artifact, SessionState } from '../session/state.js';
import { ago, bytes, shortType } from '../ui/format.js';
import { copyText, useNow } from '../ui/hooks.js';
import { saveArtifact, signedLink } from './artifact-link.js';
import { useLive } from './live-context.js';
import { Pane } from './pane.js';

export function FilesPane() {
  const files = useLive((state) => state.session.artifacts);
  const onKey = (key: string): boolean => {
    const id = document.activeElement?.closest<HTMLElement>('[data-artifact-id]')?.dataset.artifactId;
    const file = files.find((one) => one.artifact_id === id);
    if (!file) return false;
    if (key === 'Enter') openOverlay({ kind: 'file', artifact_id: file.artifact_id });
    else if (key === 'd') void saveArtifact(file);
    else if (key === 'c') void copyLink(file);
    else return false;
    return true;
  };
  return (
    <Pane
      name="files"
      label="Files"
      title={<>files {files.length > 0 && <span className="pane-extra">{files.length}</span>}</>}
      onKey={onKey}
    >
      {files.length === 0 ? (
        <p className="empty pane-empty">Files made by tasks appear here.</p>
      ) : (
        <ul className="files">
          {files.map((file) => (
            <FileRow key={file.artifact_id} file={file} />
          ))}
        </ul>
      )}
    </Pane>
  );
}

async function copyLink(file: Artifact): Promise<boolean> {
  return copyText(location.origin + (await signedLink(file.artifact_id)));
}

/** The task, of whichever run, that made it. */
function makerOf({ plans }: SessionState, { node_id }: Artifact): string | undefined {
  return Object.values(plans)
    .flatMap(({ nodes }) => nodes)
    .find(({ id }) => id === node_id)?.title;
}

function FileRow({ file }: { file: Artifact }) {
  const maker = useLive(({ session }) => makerOf(session, file));
  const replaced = useLive(({ session }) =>
    session.artifacts.slice(session.artifacts.indexOf(file) + 1).some(({ name }) => name === file.name),
  );
  const now = useNow(30_000);
  const [said, setSaid] = useState('');
  const [state, setState] = useState<'ready' | 'failed'>('ready');
  const run = (work: Promise<unknown>, done: string) => {
    work.then(
      () => {
        setSaid(done);
        setState('ready');
      },
      (error: unknown) => {
        setSaid(error instanceof Error ? error.message : 'This failed.');
        setState('failed');
      },
    );
  };
  return (
    <li className="file" data-artifact-id={file.artifact_id} data-state={state} tabIndex={0}>
      <button
        type="button"
        className="file-name"
        onClick={() => openOverlay({ kind: 'file', artifact_id: file.artifact_id })}
      >
        {file.name}
      </button>
      <span className="file-facts dim">
        {shortType(file.content_type)} · {bytes(file.size)}
        {maker !== undefined && ` · by ${maker}`} · {ago(file.ts, now)}
        {replaced && ' · older'}
      </span>
      <span className="file-actions">
        <button
          type="button"
          className="text-button"
          onClick={() => openOverlay({ kind: 'file', artifact_id: file.artifact_id })}
        >
          view
        </button>
        <button type="button" className="text-button" onClick={() => run(saveArtifact(file), '')}>
          save
        </button>
        <button
          type="button"
          className="text-button"
          onClick={() => run(copyLink(file), 'Copied. The link works for 5 minutes.')}
        >
          link
        </button>
      </span>
      {said !== '' && (
        <span className="file-said dim" role="status">
          {said}
        </span>
      )}
    </li>
  );
}
