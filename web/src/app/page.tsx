import { useEffect, type ReactNode } from 'react';
import { useUi } from './ui-state.js';
import { TopBar } from './top-bar.js';

/** A back-office page: the same tokens, proportional letters for labels and prose. */
export function Page({ title, crumb, children }: { title: string; crumb?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Switchyard`;
  }, [title]);
  const said = useUi((state) => state.said);
  useEffect(() => () => useUi.setState({ said: undefined }), []);
  return (
    <div className="page">
      <TopBar>{crumb ?? title}</TopBar>
      <main className="office" data-region="main" tabIndex={-1} aria-label={title}>
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
