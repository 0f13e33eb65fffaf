import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { approvalsQuery } from '../api/approval-queries.js';
import type { Approval, ApprovalCounts } from '../api/approval-types.js';
import { serversQuery } from '../api/queries.js';
import { keyName } from '../app/keys.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { useNow } from '../ui/hooks.js';
import { More } from '../ui/more.js';
import { TabPanel, Tabs } from '../ui/tabs.js';
import { inTextField } from '../ui/text-field.js';
import { visible } from '../ui/visible.js';
import { ApprovalDetail } from './approval-detail.js';
import { ApprovalRow } from './approval-row.js';
import { Grants } from './grants.js';
import { StatsStrip } from './stats-strip.js';

const TABS = ['pending', 'decided', 'remembered'] as const;
const KINDS = [
  ['', 'all', 'pending'],
  ['call', 'calls', 'calls'],
  ['node', 'plan tasks', 'nodes'],
  ['tool', 'definitions', 'tools'],
] as const satisfies readonly (readonly [string, string, keyof ApprovalCounts])[];

/** Everything that waits, or waited, for a person; one of them beside it, or alone where only one fits. */
export function ApprovalsPage() {
  const { approvalId } = useParams({ strict: false });
  const { tab: asked } = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab = TABS.find((one) => one === asked) ?? 'pending';
  return (
    <Page title="Approvals" wide crumb={approvalId === undefined ? undefined : <Link to="/approvals">Approvals</Link>}>
      <h1>Approvals</h1>
      <div className="inbox" data-open={approvalId !== undefined}>
        <div className="inbox-list">
          <Tabs
            label="Approvals"
            prefix="approvals"
            names={TABS}
            chosen={tab}
            onChoose={(one) => void navigate({ to: '/approvals', search: { tab: one } })}
          />
          <TabPanel prefix="approvals" name={tab}>
            {tab === 'remembered' ? <Grants /> : <List status={tab} opened={approvalId} />}
          </TabPanel>
        </div>
        {approvalId !== undefined && (
          <div className="inbox-detail">
            <p className="inbox-back">
              <Link to="/approvals" search={(search) => search}>
                All approvals
              </Link>
            </p>
            <ApprovalDetail key={approvalId} id={approvalId} />
          </div>
        )}
      </div>
    </Page>
  );
}

function List({ status, opened }: { status: 'pending' | 'decided'; opened: string | undefined }) {
  const { kind = '', server_id } = useSearch({ strict: false });
  const navigate = useNavigate();
  const query = useInfiniteQuery(approvalsQuery({ status, kind: kind || undefined, server_id }));
  const now = useNow(1_000, status === 'pending');
  const rows = query.data?.pages.flatMap((page) => page.approvals) ?? [];
  const counts = query.data?.pages[0]?.counts;
  const filtered = kind !== '' || server_id !== undefined;
  const set = (part: { kind?: string; server_id?: string | undefined }) =>
    void navigate({ to: '.', search: (search) => ({ ...search, ...part }), replace: true });
  const list = useRef<HTMLDivElement>(null);
  const isOpen = useRef(opened !== undefined);
  isOpen.current = opened !== undefined;
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      if (event.defaultPrevented || inTextField(event.target) || document.querySelector('dialog[open]')) return;
      const step = { j: 1, k: -1 }[keyName(event)];
      if (step === undefined || list.current === null) return;
      event.preventDefault();
      const row = focusRow(list.current, step);
      // Where one is open the next is opened, too: keys that decide are about what one sees.
      if (isOpen.current) row?.click();
    };
    addEventListener('keydown', move);
    return () => removeEventListener('keydown', move);
  }, []);

  return (
    <div ref={list}>
      {status === 'pending' && <StatsStrip />}
      <div className="chips" role="group" aria-label="Kinds">
        {KINDS.map(([value, words, name]) => (
          <button
            key={value}
            type="button"
            className="chip"
            aria-pressed={kind === value}
            onClick={() => set({ kind: value })}
          >
            {words}
            {status === 'pending' && counts && <span className="mono"> {counts[name]}</span>}
          </button>
        ))}
        <ServerChoice chosen={server_id} onChoose={(id) => set({ server_id: id })} />
      </div>
      {query.isPending && <Loading what="approvals" lines={5} />}
      {query.isError && !query.isFetchNextPageError && (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && rows.length === 0 && (
        <p className="empty">
          {filtered
            ? 'Nothing that fits. '
            : status === 'pending'
              ? 'Nothing waits for you.'
              : 'Nothing was decided yet.'}
          {filtered && (
            <button type="button" className="button" onClick={() => set({ kind: '', server_id: undefined })}>
              Clear filter
            </button>
          )}
        </p>
      )}
      {rows.length > 0 && <Rows rows={rows} now={now} opened={opened} />}
      <More pages={query} label="More" />
    </div>
  );
}

function Rows({ rows, now, opened }: { rows: Approval[]; now: number; opened: string | undefined }) {
  return (
    <ul className="asks" data-testid="approvals">
      {rows.map((approval) => (
        <ApprovalRow key={approval.id} approval={approval} now={now} current={approval.id === opened} />
      ))}
    </ul>
  );
}

function ServerChoice({
  chosen,
  onChoose,
}: {
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
}) {
  const servers = useInfiniteQuery(serversQuery).data?.pages.flatMap((page) => page.servers) ?? [];
  if (servers.length < 2 && chosen === undefined) return null;
  return (
    <select
      className="input chips-select"
      aria-label="Server"
      value={chosen ?? ''}
      onChange={(event) => onChoose(event.target.value || undefined)}
    >
      <option value="">every server</option>
      {servers.map(({ id, name }) => (
        <option key={id} value={id}>
          {visible(name)}
        </option>
      ))}
    </select>
  );
}

const isCurrent = (row: HTMLElement) => row.dataset.current === 'true';

/** To the next or the previous row; from elsewhere to the one that is open, else to the first. */
function focusRow(list: HTMLElement, step: number): HTMLElement | undefined {
  const rows = [...list.querySelectorAll<HTMLElement>('.ask')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const from = at === -1 ? rows.findIndex(isCurrent) : at;
  const next = at === -1 && from === -1 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, from + step))];
  next?.focus();
  return next;
}
