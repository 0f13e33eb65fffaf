import { CopyBox } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { verifySnippet } from './webhook-words.js';

/** The only time that a signing secret is seen. */
export function ShowSecret({ url, secret, onClose }: { url: string; secret: string; onClose: () => void }) {
  return (
    <Dialog
      title="The signing secret"
      onClose={onClose}
      fixed
      wide
      testId="webhook-secret"
      actions={
        <button type="button" className="button button-primary" onClick={onClose}>
          I have kept it
        </button>
      }
    >
      <p>
        For <span className="mono">{url}</span>. Keep it now: it is not shown again. Lost, it is rotated.
      </p>
      <CopyBox name="The secret" text={secret} />
      <p className="field-label">How the receiver checks that a message is from here</p>
      <CopyBox name="The check" text={verifySnippet(secret)} lines />
    </Dialog>
  );
}
