import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { toolsChanged } from '../api/queries.js';
import type { ToolState } from '../api/tool-types.js';
import type { McpServer, Tool } from '../api/types.js';
import { mayOn } from '../servers/access-words.js';
import { POLICY_SHORT } from '../servers/server-words.js';
import { ErrorNote } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { Score } from './compatibility.js';
import { StateChip } from './state-chip.js';
import { awaitsDecision, STATE_ORDER, STATE_WORDS, stateOf } from './tool-words.js';

/** A server's tools: what each claims, how far it is trusted, and by which policy it runs. */
export function ToolList({ server, tools }: { server: McpServer; tools: Tool[] }) {
  const [text, setText] = useState('');
  const [state, setState] = useState<ToolState | 'waiting' | undefined>();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const manages = useMay('tools.decide') && mayOn(server, 'manage');
  if (tools.length === 0) return <p className="empty">This server offers no tools.</p>;

  const wanted = text.toLowerCase();
  const rows = tools.filter(
    (tool) =>
      (state === undefined || (state === 'waiting' ? awaitsDecision(tool) : stateOf(tool) === state)) &&
      `${tool.name} ${tool.title ?? ''} ${tool.description ?? ''}`.toLowerCase().includes(wanted),
  );
  const approvable = rows.filter((tool) => manages && stateOf(tool) !== 'approved');
  const chosen = approvable.filter(({ name }) => ticked.has(name));
  const tick = (names: readonly string[], on: boolean) => {
    const next = new Set(ticked);
    for (const name of names) {
      if (on) next.add(name);
      else next.delete(name);
    }
    setTicked(next);
  };

  return (
    <>
      <Waiting tools={tools} shown={state === 'waiting'} onShow={(on) => setState(on ? 'waiting' : undefined)} />
      <div className="chips" role="group" aria-label="States">
        <input
          className="input chips-search"
          type="search"
          aria-label="Search tools"
          placeholder="Search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {STATE_ORDER.map((one) => {
          const count = tools.filter((tool) => stateOf(tool) === one).length;
          if (count === 0) return null;
          return (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={state === one}
              onClick={() => setState(state === one ? undefined : one)}
            >
              {STATE_WORDS[one].word} <span className="mono">{count}</span>
            </button>
          );
        })}
      </div>
      {rows.length === 0 && (
        <p className="empty">
          {text === '' ? 'No tool is in this state. ' : `No match for ‘${text}’. `}
          <button
            type="button"
            className="button"
            onClick={() => {
              setText('');
              setState(undefined);
            }}
          >
            Clear filter
          </button>
        </p>
      )}
      {approvable.length > 1 && (
        <Bulk
          server={server}
          chosen={chosen}
          all={chosen.length === approvable.length}
          onAll={(on) =>
            tick(
              approvable.map(({ name }) => name),
              on,
            )
          }
          onDone={() => setTicked(new Set())}
        />
      )}
      <ul className="tools" data-testid="tools">
        {rows.map((tool) => (
          <Row
            key={tool.name}
            server={server}
            tool={tool}
            tick={approvable.length < 2 ? 'none' : !approvable.includes(tool) ? 'kept-free' : ticked.has(tool.name)}
            onTick={(on) => tick([tool.name], on)}
          />
        ))}
      </ul>
    </>
  );
}

interface WaitingProps {
  tools: Tool[];
  /** Whether only those are in the list. */
  shown: boolean;
  onShow: (on: boolean) => void;
}

function Waiting({ tools, shown, onShow }: WaitingProps) {
  const waiting = tools.filter(awaitsDecision);
  if (waiting.length === 0) return null;
  return (
    <div className="note note-you note-row" role="status">
      {plural(waiting.length, 'tool')} {waiting.length === 1 ? 'is' : 'are'} in quarantine: new or changed, not offered
      to models, and not called until somebody approves the definition.
      <button type="button" className="button" onClick={() => onShow(!shown)}>
        {shown ? 'Show all' : 'Show'}
      </button>
    </div>
  );
}

interface BulkProps {
  server: McpServer;
  chosen: Tool[];
  all: boolean;
  onAll: (on: boolean) => void;
  onDone: () => void;
}

function Bulk({ server, chosen, all, onAll, onDone }: BulkProps) {
  const approving = useMutation({
    mutationFn: () =>
      call('POST', `/servers/${server.id}/tools/approve`, {
        body: { tools: chosen.map(({ name, pin }) => ({ name, pin })) },
      }),
    onSuccess: onDone,
    onSettled: () => toolsChanged(server.id),
  });
  return (
    <div className="row">
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => onAll(event.target.checked)} />
        all that are not approved
      </label>
      <button
        type="button"
        className="button"
        disabled={chosen.length === 0 || approving.isPending}
        onClick={() => approving.mutate()}
      >
        {chosen.length === 0 ? 'Approve definitions' : `Approve ${plural(chosen.length, 'definition')} as they are`}
      </button>
      {approving.isError && <ErrorNote error={approving.error} />}
    </div>
  );
}

interface RowProps {
  server: McpServer;
  tool: Tool;
  /** Whether it is ticked; else whether there is a column of ticks. */
  tick: boolean | 'none' | 'kept-free';
  onTick: (on: boolean) => void;
}

function Row({ server, tool, tick, onTick }: RowProps) {
  const { name, title, description, approval_policy, effective_policy, renamed_from, compatibility } = tool;
  return (
    <li className="tool-row" data-tool={name} data-state={stateOf(tool)}>
      {tick === 'kept-free' && <span className="tool-tick" />}
      {typeof tick === 'boolean' && (
        <label className="tool-tick">
          <input type="checkbox" checked={tick} onChange={(event) => onTick(event.target.checked)} />
          <span className="unseen">{name}</span>
        </label>
      )}
      <div className="tool-main">
        <p className="tool-name mono">
          <Link to="/servers/$serverId/tools/$tool" params={{ serverId: server.id, tool: name }}>
            {visible(name)}
          </Link>
          <StateChip tool={tool} />
          <Claims tool={tool} />
          <Callable tool={tool} />
          {compatibility && <Score of={compatibility} />}
          {effective_policy !== undefined && (
            <span className="dim tool-policy">
              {POLICY_SHORT[effective_policy]}
              {approval_policy != null && ' (its own)'}
            </span>
          )}
        </p>
        {renamed_from != null && <p className="dim">was called {visible(renamed_from)}</p>}
        <p className="tool-text tool-short">{visible((description ?? title ?? '').trim())}</p>
      </div>
    </li>
  );
}

/** What the server says of its tool. */
export function Claims({ tool: { read_only, destructive } }: { tool: Tool }) {
  if (destructive) return <span className="tag tag-err">destructive</span>;
  return read_only ? <span className="tag">claims read-only</span> : <span className="tag tag-warn">writes</span>;
}

/** Nothing, where it may be called by whoever may use the server. */
export function Callable({ tool: { may_call, callers } }: { tool: Tool }) {
  if (may_call === false && callers) return <span className="tag tag-warn">not for you</span>;
  return callers ? <span className="tag">for some</span> : null;
}
