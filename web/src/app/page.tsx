import { useEffect, type ReactNode } from 'react';
import { useWaiting } from '../approvals/use-counts.js';
import { useUi } from './ui-state.js';
import { TopBar } from './top-bar.js';

interface PageProps {
  title: string;
  crumb?: ReactNode;
  /** As wide as the window. */
  wide?: boolean;
  children: ReactNode;
}

/** A back-office page: the same tokens, proportional letters for labels and prose. */
export function Page({ title, crumb, wide, children }: PageProps) {
  const waiting = useWaiting();
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${title} · Switchyard`;
  }, [title, waiting]);
  const said = useUi((state) => state.said);
  useEffect(() => () => useUi.setState({ said: undefined }), []);
  return (
    <div className="page">
      <TopBar>{crumb ?? title}</TopBar>
      <main className={wide ? 'office office-wide' : 'office'} data-region="main" tabIndex={-1} aria-label={title}>
        {said && (
          <p className={said.error ? 'note note-error' : 'note'} role={said.error ? 'alert' : 'status'}>
            {said.text}
          </p>
        )}
        {children}
      </main>
    </div>
  );
}
