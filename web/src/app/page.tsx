import { useEffect, type ReactNode } from 'react';
import { TopBar } from './top-bar.js';

/** A back-office page: the same tokens, proportional letters for labels and prose. */
export function Page({ title, crumb, children }: { title: string; crumb?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Switchyard`;
  }, [title]);
  return (
    <div className="page">
      <TopBar>{crumb ?? title}</TopBar>
      <main className="office" data-region="main" tabIndex={-1} aria-label={title}>
        {children}
      </main>
    </div>
  );
}
