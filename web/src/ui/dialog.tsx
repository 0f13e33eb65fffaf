import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon } from './icons.js';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Pressed buttons, bottom right; the primary one last. */
  actions?: ReactNode;
  wide?: boolean;
  /** At the right edge, as high as the page. */
  side?: boolean;
  /** A dialog that cannot be dismissed, such as signing in again. */
  fixed?: boolean;
  testId?: string;
}

const FIRST = '.dialog-body :is(input, select, textarea, button), .dialog-actions button';
const CHOSEN = '.dialog-body input[type=radio]:checked';

/** The browser's own modal dialog: it traps focus, makes the page inert and closes on Escape without a library. */
export function Dialog({ title, onClose, children, actions, wide, side, fixed, testId }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [opener] = useState(() => document.activeElement);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    // React has focused what asked for it by now; showing the dialog would move the focus to the close button.
    const first = element.querySelector(CHOSEN) ?? element.querySelector(FIRST);
    const wanted = element.contains(document.activeElement) ? document.activeElement : first;
    if (!element.open) element.showModal();
    if (wanted instanceof HTMLElement) wanted.focus();
    return () => {
      element.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [opener]);
  return (
    <dialog
      ref={dialog}
      className={`dialog${wide ? ' dialog-wide' : ''}${side ? ' dialog-side' : ''}`}
      aria-label={title}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        if (!fixed) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current && !fixed) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="dialog-box">
        <header className="dialog-head">
          <h2>{title}</h2>
          {!fixed && (
            <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
              <Icon name="cross" />
            </button>
          )}
        </header>
        <div className="dialog-body">{children}</div>
        {actions !== undefined && actions !== false && <footer className="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
