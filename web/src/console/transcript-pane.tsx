import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMay } from '../api/identity-queries.js';
import { serversQuery, toolsQuery } from '../api/queries.js';
import { useLook } from '../app/look.js';
import { compose, useUi } from '../app/ui-state.js';
import { copyText, useAfter } from '../ui/hooks.js';
import { Icon } from '../ui/icons.js';
import { BlockOf } from './blocks.js';
import { ForkedFrom } from './forked-from.js';
import { useLive, useLiveSession } from './live-context.js';
import { Pane } from './pane.js';
import { promptsFrom } from './prompts.js';
import { Thinking } from './thinking.js';

const NEAR = 48;

export function TranscriptPane() {
  const items = useLive((state) => state.session.items);
  const ready = useLive((state) => state.session.ready);
  const times = useLook((look) => look.times);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(0);
  const count = useRef(0);

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setUnseen(0);
  };

  // Follows the end only while the reader is there.
  useLayoutEffect(() => {
    const added = items.length - count.current;
    count.current = items.length;
    const last = items.at(-1);
    // Who has just said something wants to see what comes of it.
    const said = added > 0 && last?.kind === 'message' && last.sender === 'USER';
    if (atEnd.current || said) toEnd();
    else if (added > 0) setUnseen((before) => before + added);
  }, [items]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const resized = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    resized.observe(element);
    for (const child of element.children) resized.observe(child);
    const clear = () => {
      element.style.setProperty('--past', `${element.clientHeight}px`);
      toEnd();
    };
    addEventListener('switchyard:clear', clear);
    return () => {
      resized.disconnect();
      removeEventListener('switchyard:clear', clear);
    };
  }, []);

  const onKey = (key: string): boolean => {
    const turns = [...(scroller.current?.querySelectorAll<HTMLElement>('.turn') ?? [])];
    const at = turns.findIndex((turn) => turn.contains(document.activeElement));
    const move = (to: number) => {
      turns[Math.max(0, Math.min(turns.length - 1, to))]?.focus();
      return true;
    };
    if (key === 'j' || key === 'ArrowDown') return move(at < 0 ? turns.length - 1 : at + 1);
    if (key === 'k' || key === 'ArrowUp') return move(at < 0 ? turns.length - 1 : at - 1);
    if (key === 'End') {
      toEnd();
      return move(turns.length - 1);
    }
    if (key === 'Enter') {
      turns[at]?.querySelector<HTMLElement>('button')?.click();
      return at >= 0;
    }
    if (key === 'y' && at >= 0) {
      const item = items.find((one) => one.key === turns[at]?.dataset.key);
      void copyText(item?.kind === 'message' ? item.text : (turns[at]?.innerText ?? ''));
      return true;
    }
    if (key === 'f') {
      turns[at]?.querySelector<HTMLElement>('[data-act=fork]')?.click();
      return at >= 0;
    }
    if (key === 'o') {
      const lines = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-tool-line]') ?? [])];
      const open = lines.some((line) => line.ariaExpanded === 'true');
      for (const line of lines) if ((line.ariaExpanded === 'true') === open) line.click();
      return true;
    }
    return false;
  };

  return (
    <Pane name="transcript" label="Transcript" title="transcript" onKey={onKey}>
      <div
        className="transcript"
        ref={scroller}
        data-times={times}
        onScroll={({ currentTarget: element }) => {
          atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
          if (atEnd.current) setUnseen(0);
        }}
      >
        <ForkedFrom />
        <div className="turns" role="log" aria-live="off" aria-label="Messages">
          {items.map((item) => (
            <BlockOf key={item.key} item={item} />
          ))}
        </div>
        {items.length === 0 && (ready ? <Start /> : <Opening />)}
        <Thinking />
        <Coach />
      </div>
      {unseen > 0 && (
        <button type="button" className="unseen-pill" onClick={toEnd}>
          <Icon name="arrow" /> {unseen} new
        </button>
      )}
    </Pane>
  );
}

function Opening() {
  const late = useAfter(400);
  const later = useAfter(8_000);
  if (!late) return null;
  return <p className="empty">{later ? 'Still waiting for the session.' : 'Opening the session…'}</p>;
}

/** Three things to say, from what the server can really do. */
function Start() {
  const live = useLiveSession();
  const tools = useQuery(toolsQuery(live.serverId)).data?.tools ?? [];
  const servers = useInfiniteQuery(serversQuery).data?.pages.flatMap((page) => page.servers) ?? [];
  const demo = servers.find((one) => one.id === live.serverId)?.demo === true;
  const mayUse = useMay('sessions.use');
  const prompts = promptsFrom(tools, demo);
  if (!mayUse) return <p className="start">Nothing said yet.</p>;
  return (
    <div className="start">
      <p>Nothing said yet. Ask for something{prompts.length > 0 ? ', for example:' : '.'}</p>
      <ul>
        {prompts.map((prompt) => (
          <li key={prompt}>
            <button type="button" className="text-button" onClick={() => compose(prompt)}>
              {prompt}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Shown under the first plan that waits, once. */
function Coach() {
  const decided = useLive((state) => state.session.items.some((item) => item.kind === 'decision' && !item.automatic));
  const waits = useLive((state) => state.session.turn?.status === 'waiting');
  const [done, setDone] = useState(() => localStorage.getItem('switchyard.coached') !== null);
  useEffect(() => {
    if (!decided) return;
    localStorage.setItem('switchyard.coached', '1');
    setDone(true);
  }, [decided]);
  if (done || !waits) return null;
  return (
    <p className="coach">
      <span className="wide-only">
        In the plan pane press <kbd>y</kbd> to approve the highlighted task, <kbd>Shift+A</kbd> for all.{' '}
      </span>
      <button type="button" className="text-button narrow-only" onClick={() => useUi.setState({ pane: 'plan' })}>
        Open the plan to approve its tasks.
      </button>
    </p>
  );
}
