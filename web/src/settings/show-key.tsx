import type { NewApiKey } from '../api/identity-types.js';
import { CopyBox } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { curlFor } from './key-words.js';

/** The only time that a key is seen: it stays until it is said to be kept. */
export function ShowKey({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  return (
    <Dialog
      title={`Key ${made.name}`}
      onClose={onClose}
      fixed
      wide
      testId="new-key"
      actions={
        <button type="button" className="button button-primary" onClick={onClose}>
          I have kept it
        </button>
      }
    >
      <p>Keep it now: it is not shown again. Lost, it is rotated or revoked.</p>
      <CopyBox name="The key" text={made.key} />
      <p className="field-label">Try it in a terminal</p>
      <CopyBox name="The command" text={curlFor(location.origin, made.key)} lines />
    </Dialog>
  );
}
