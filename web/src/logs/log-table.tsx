import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { RequestRow } from '../api/log-types.js';
import { clock, duration, moment, plural } from '../ui/format.js';
import { useMedia } from '../ui/hooks.js';
import { visible } from '../ui/visible.js';
import { DOOR_WORDS, statusWords } from './log-search.js';

const COLUMNS = ['Time', 'Tool', 'Status', 'Took', 'Via', 'Who'] as const;
const ROW = { wide: 32, narrow: 64 };

interface LogTableProps {
  rows: RequestRow[];
  more: boolean;
  onMore: () => void;
  onOpen: (id: string) => void;
}

/** Many rows, of which only those in view exist. The first cell is a button as large as the row. */
export function LogTable({ rows, more, onMore, onOpen }: LogTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = useMedia('(max-width: 767px)');
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? ROW.narrow : ROW.wide),
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const nearEnd = more && last >= rows.length - 10;
  useEffect(() => {
    if (nearEnd) onMore();
  }, [nearEnd, onMore]);

  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = Number(document.activeElement?.closest('[data-index]')?.getAttribute('data-index') ?? -1);
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] button`)?.focus();
    });
  };

  return (
    <>
      <div role="table" aria-label="Calls" aria-rowcount={rows.length + 1} className="calls" data-testid="calls">
        <div role="rowgroup" className="calls-head wide-only">
          <div role="row" className="calls-row">
            {COLUMNS.map((name) => (
              <span key={name} role="columnheader">
                {name}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="calls-body" ref={scroller} onKeyDown={move}>
          <div className="log-space" role="presentation" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <div
                  key={item.key}
                  role="row"
                  aria-rowindex={item.index + 2}
                  data-index={item.index}
                  data-status={row.status}
                  className="calls-row"
                  style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                >
                  <Cells row={row} onOpen={() => onOpen(row.id)} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <p className="calls-foot dim">
        {plural(rows.length, 'call')}
        {more && ', more as you scroll'}
      </p>
    </>
  );
}

function Cells({ row, onOpen }: { row: RequestRow; onOpen: () => void }) {
  const { at, tool, server, status, error_code, duration_ms, door, actor, credential } = row;
  return (
    <>
      <span role="cell">
        <button type="button" className="calls-open mono" onClick={onOpen}>
          <time dateTime={at} title={at}>
            {moment(at).slice(5, 10)} {clock(at)}
          </time>
          <span className="unseen">, open {tool}</span>
        </button>
      </span>
      <span role="cell" className="calls-tool mono">
        {visible(tool)} <span className="dim">{visible(server.name)}</span>
      </span>
      <span role="cell" className="calls-status" data-status={status}>
        {statusWords(status)}
        {error_code !== null && status !== 'approval_required' && <span className="mono dim"> {error_code}</span>}
      </span>
      <span role="cell" className="number mono">
        {duration(duration_ms)}
      </span>
      <span role="cell">{DOOR_WORDS[door] ?? door}</span>
      <span role="cell" className="calls-who">
        {actor?.username ?? '–'}
        {credential?.name != null && <span className="dim"> {visible(credential.name)}</span>}
      </span>
    </>
  );
}
