import { useBlocker } from '@tanstack/react-router';
import { Dialog } from './dialog.js';

interface Place {
  pathname: string;
  search: object;
}

const tabOf = ({ search }: Place): unknown => ('tab' in search ? search.tab : undefined);

/** To another part of the same page one goes freely; a tab keeps nothing once another is chosen. */
const leaves = ({ current, next }: { current: Place; next: Place }): boolean =>
  current.pathname !== next.pathname || tabOf(current) !== tabOf(next);

/** While something is not saved: asks before a link or the way back leads off; the browser asks before the tab closes. */
export function Unsaved({ when, what }: { when: boolean; what: string }) {
  const leaving = useBlocker({ shouldBlockFn: leaves, disabled: !when, withResolver: true });
  if (leaving.status !== 'blocked') return null;
  return (
    <Dialog
      title="Leave without saving?"
      testId="unsaved"
      onClose={leaving.reset}
      actions={
        <>
          <button type="button" className="button button-danger" onClick={leaving.proceed}>
            Leave, and lose them
          </button>
          <button type="button" className="button button-primary" autoFocus onClick={leaving.reset}>
            Stay
          </button>
        </>
      }
    >
      <p>Your changes of {what} are not saved.</p>
    </Dialog>
  );
}
