import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLook } from '../app/look.js';
import { useUi } from '../app/ui-state.js';
import type { LogRow } from '../session/state.js';
import { clock } from '../ui/format.js';
import { copyText, useMedia } from '../ui/hooks.js';
import { useLive } from './live-context.js';
import { countLevels, filterLogs, LEVELS } from './log-filter.js';
import { Pane } from './pane.js';

const ALL = { debug: true, info: true, warn: true, error: true };
const ROW = { compact: 20, roomy: 24 };

export function LogsPane() {
  const logs = useLive((state) => state.session.logs);
  const levels = useUi((state) => state.logLevels);
  const text = useUi((state) => state.logText);
  const paused = useUi((state) => state.logPaused);
  const phone = useMedia('(max-width: 767px)');
  const wrapped = useUi((state) => state.logWrap);
  const wrap = wrapped || phone;
  const density = useLook((look) => look.density);
  const [held, setHeld] = useState<LogRow[]>();
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const counts = useMemo(() => countLevels(logs), [logs]);
  const source = paused && held ? held : logs;
  const rows = useMemo(() => filterLogs(source, levels, text), [source, levels, text]);
  const fresh = paused && held ? logs.length - held.length : 0;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW[density],
    overscan: 12,
    getItemKey: (at) => rows[at]?.seq ?? at,
  });

  // Holds the rows of the moment it was paused.
  useEffect(() => setHeld(paused ? logs : undefined), [paused]);
  useEffect(() => virtual.measure(), [density, wrap, virtual]);
  useEffect(() => {
    if (!paused && rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows.length, paused, virtual]);
  const empty = rows.length === 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element || paused) return;
    const resized = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
    });
    resized.observe(element);
    return () => resized.disconnect();
  }, [empty, paused]);

  const toggle = (level: (typeof LEVELS)[number]) =>
    useUi.setState({ logLevels: { ...levels, [level]: !levels[level] } });
  const toError = (step: number): boolean => {
    const seen = virtual.range?.startIndex ?? 0;
    const order = rows.map((row, at) => ({ row, at })).filter(({ row }) => row.level === 'error');
    const next = step > 0 ? order.find(({ at }) => at > seen) : order.findLast(({ at }) => at < seen);
    if (next) {
      useUi.setState({ logPaused: true });
      virtual.scrollToIndex(next.at, { align: 'start' });
    }
    return true;
  };
  const onKey = (key: string): boolean => {
    const level = LEVELS[Number(key) - 1];
    if (level) toggle(level);
    else if (key === 'f') filter.current?.focus();
    else if (key === 'Space') useUi.setState({ logPaused: !paused });
    else if (key === 'w') useUi.setState({ logWrap: !wrapped });
    else if (key === 'n') return toError(1);
    else if (key === 'Shift+N') return toError(-1);
    else return false;
    return true;
  };

  return (
    <Pane
      name="logs"
      label="Logs"
      title={
        <>
          logs
          {counts.error > 0 && <span className="pane-extra log-errors">{counts.error} error</span>}
        </>
      }
      tools={
        <>
          {fresh > 0 && <span className="dim">paused · {fresh} new</span>}
          <button
            type="button"
            className="pane-button"
            title={`Copy ${rows.length} rows as JSON lines`}
            onClick={() => void copyText(rows.map((row) => JSON.stringify(row)).join('\n'))}
          >
            copy
          </button>
          <button
            type="button"
            className="pane-button"
            aria-pressed={paused}
            onClick={() => useUi.setState({ logPaused: !paused })}
          >
            {paused ? 'go on' : 'pause'}
          </button>
        </>
      }
      onKey={onKey}
    >
      <div className="log-bar">
        {LEVELS.map((level) => (
          <button
            key={level}
            type="button"
            className="level-toggle"
            data-level={level}
            data-none={counts[level] === 0}
            aria-pressed={levels[level]}
            onClick={() => toggle(level)}
          >
            {level} {counts[level]}
          </button>
        ))}
        <input
          ref={filter}
          className="log-filter"
          type="search"
          aria-label="Filter logs"
          placeholder="filter: level:warn source:node1 text -text"
          value={text}
          onChange={(event) => useUi.setState({ logText: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.closest<HTMLElement>('[data-region]')?.focus();
          }}
        />
      </div>
      {empty ? (
        <Nothing any={logs.length > 0} text={text} />
      ) : (
        <div
          className="log-rows"
          data-wrap={wrap}
          ref={scroller}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label="Log rows"
          onWheel={({ deltaY }) => {
            if (deltaY < 0 && !paused) useUi.setState({ logPaused: true });
          }}
        >
          <div className="log-space" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <div
                  key={item.key}
                  ref={wrap ? virtual.measureElement : undefined}
                  data-index={item.index}
                  className="log-row"
                  data-testid="log-row"
                  data-level={row.level}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <time dateTime={row.ts} title={row.ts}>
                    {clock(row.ts, true)}
                  </time>
                  <span className="log-level">{row.level}</span>
                  <button
                    type="button"
                    className="log-source"
                    tabIndex={-1}
                    title="Filter to this source"
                    onClick={() => useUi.setState({ logText: `source:${row.node_id ?? row.source}` })}
                  >
                    {row.node_id ?? row.source}
                  </button>
                  <span className="log-message" title={wrap ? undefined : row.message}>
                    {row.message}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </Pane>
  );
}

function Nothing({ any, text }: { any: boolean; text: string }) {
  if (!any) return <p className="empty pane-empty">Nothing logged yet.</p>;
  return (
    <p className="empty pane-empty">
      {text === '' ? 'Nothing logged at these levels. ' : `No match for ‘${text}’. `}
      <button type="button" className="text-button" onClick={() => useUi.setState({ logLevels: ALL, logText: '' })}>
        {text === '' ? 'Show all levels' : 'Clear filter'}
      </button>
    </p>
  );
}
