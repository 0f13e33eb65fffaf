import { call } from '../api/http.js';
import { tick } from '../home/first-run.js';
import { useUi } from '../app/ui-state.js';
import type { Artifact } from '../session/state.js';

/** A link that works for five minutes without a token, for the browser's own loads and downloads. */
export async function signedLink(artifactId: string): Promise<string> {
  const { url } = await call<{ url: string }>('POST', `/artifacts/${artifactId}/link`);
  const link = new URL(url, location.origin);
  // What the page will load or save must be our own; a relative path is, anything else is refused.
  if (link.origin !== location.origin) throw new Error('The server gave a link to another host.');
  return link.pathname + link.search;
}

export async function saveArtifact(artifact: Artifact): Promise<void> {
  const anchor = document.createElement('a');
  anchor.href = await signedLink(artifact.artifact_id);
  anchor.download = artifact.name;
  anchor.click();
  tick('file');
}

/** For a button that has no place of its own for what went wrong: the composer says it. */
export function saveOrSay(artifact: Artifact): void {
  saveArtifact(artifact).catch((error: unknown) => {
    useUi.setState({ said: { text: error instanceof Error ? error.message : 'This failed.', error: true } });
  });
}
