import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Session } from '../api/types.js';
import { TopBar } from '../app/top-bar.js';
import { openOverlay } from '../app/ui-state.js';
import { tick } from '../home/first-run.js';
import { awaiting, currentPlan } from '../session/plan-rules.js';
import { announce } from '../ui/announcer.js';
import { plural } from '../ui/format.js';
import { Banner } from './banner.js';
import { Layout } from './layout.js';
import { useLive } from './live-context.js';
import { Overlays } from './overlays.js';
import { SessionMenu } from './session-menu.js';
import { StatusLine } from './status-line.js';

export function Console({ session }: { session: Session }) {
  const title = useLive((state) => state.session.title) || session.title || 'Untitled';
  const serverName = useLive((state) => state.session.server_name) || session.server_name;
  useSignals(title);
  return (
    <div className="console">
      <button
        type="button"
        className="skip button"
        onClick={() => document.querySelector<HTMLElement>('[data-testid=composer]')?.focus()}
      >
        Skip to composer
      </button>
      <TopBar menu={<SessionMenu />}>
        <Link to="/servers/$serverId" params={{ serverId: session.server_id }} className="wide-only">
          {serverName}
        </Link>
        <span className="dim wide-only"> · </span>
        <button type="button" className="title-button" title="Rename" onClick={() => openOverlay({ kind: 'rename' })}>
          {title}
        </button>
      </TopBar>
      <Banner />
      <Layout title={title} />
      <StatusLine />
      <Overlays />
    </div>
  );
}

/** Tells a person who looks elsewhere, or does not look: the tab's title and the live regions. */
function useSignals(title: string): void {
  const waiting = useLive((state) => awaiting(currentPlan(state.session)).length);
  const questions = useLive(({ session }) => session.questions.length + session.sign_ins.length);
  const ready = useLive((state) => state.session.ready);
  const last = useLive((state) => state.session.items.findLast((item) => item.kind === 'message' && !item.streaming));
  const asked = useLive((state) =>
    state.session.items.some((item) => item.kind === 'message' && item.sender === 'USER'),
  );
  const approved = useLive((state) =>
    state.session.items.some((item) => item.kind === 'decision' && item.decision === 'approve' && !item.automatic),
  );
  const spoken = useRef<string | undefined>(undefined);

  useEffect(() => {
    const mark = waiting + questions;
    document.title = `${mark > 0 ? `(${mark}) ${waiting > 0 ? 'approve' : 'answer'} · ` : ''}${title} · Switchyard`;
  }, [title, waiting, questions]);
  useEffect(() => {
    if (waiting > 0) announce(`Approval needed: ${plural(waiting, 'task')}. Press F6 to reach the plan.`, 'assertive');
  }, [waiting]);
  useEffect(() => {
    if (last?.kind !== 'message' || last.key === spoken.current) return;
    const first = spoken.current === undefined;
    spoken.current = last.key;
    if (first || !ready || last.sender !== 'AGENT') return;
    announce(`Agent replied, ${plural(last.text.split(/\n\s*\n/).length, 'paragraph')}.`);
  }, [last, ready]);
  useEffect(() => {
    if (asked) tick('ask');
  }, [asked]);
  useEffect(() => {
    if (approved) tick('approve');
  }, [approved]);
}
