import { useQuery } from '@tanstack/react-query';
import { modelsQuery, serverQuery } from '../api/queries.js';
import { useLook } from '../app/look.js';
import { openOverlay } from '../app/ui-state.js';
import { memoryWords, money, tokens } from '../models/model-words.js';
import { POLICY_SHORT, POLICY_WORDS } from '../servers/server-words.js';
import type { Link } from '../session/link.js';
import type { IconName } from '../ui/icon-name.js';
import { Icon } from '../ui/icons.js';
import { useLive, useLiveSession } from './live-context.js';

const LINK_ICON: Record<Link['state'], IconName> = {
  connecting: 'half',
  online: 'dot',
  slow: 'half',
  reconnecting: 'half',
  replaying: 'triangle',
  offline: 'ring',
  auth: 'half',
  closed: 'cross',
};

export function linkWord(link: Link, reached: number, replay: { from: number; to: number } | undefined): string {
  if (link.state === 'reconnecting' && link.attempt > 0) return `reconnecting ${link.attempt}`;
  if (link.state === 'replaying' && replay) {
    return `replaying ${Math.max(0, reached - replay.from + 1)}/${replay.to - replay.from + 1}`;
  }
  return link.state === 'auth' ? 'signing in' : link.state;
}

function grade(value: number | undefined, slow: number, bad: number): 'ok' | 'slow' | 'bad' | 'none' {
  if (value === undefined) return 'none';
  return value < slow ? 'ok' : value <= bad ? 'slow' : 'bad';
}

/** The line at the bottom: each segment opens the connection details. */
export function StatusLine() {
  const live = useLiveSession();
  const link = useLive((state) => state.link);
  const connection = useLive((state) => state.session.connection);
  const reached = useLive((state) => state.session.last_seq);
  const replay = useLive((state) => state.session.replay);
  const server = useQuery(serverQuery(live.serverId)).data;
  // So that `/model` completes at once.
  useQuery(modelsQuery);
  const showSeq = useLook((look) => look.seq);
  const details = () => openOverlay({ kind: 'connection' });

  const latency = connection?.latency ?? undefined;
  const memory = connection?.memory;
  const share = memory && memory.total > 0 ? memory.used / memory.total : 0;
  const used = connection?.usage;
  const policy = server?.approval_policy;

  return (
    <footer
      className="status"
      aria-label="Connection status"
      data-region="status"
      tabIndex={-1}
      data-testid="connection-status"
      data-status={link.state}
      data-error={link.notice ?? ''}
    >
      <button type="button" className="segment" data-link={link.state} onClick={details} title="Connection details">
        <Icon name={LINK_ICON[link.state]} /> {linkWord(link, reached, replay)}
      </button>
      <button
        type="button"
        className="segment wide-only"
        data-grade={grade(latency, 150, 500)}
        onClick={details}
        title="Last MCP round trip"
      >
        mcp {latency === undefined ? '–' : `${Math.round(latency)} ms`}
      </button>
      <button
        type="button"
        className="segment wide-only"
        data-grade={grade(link.rtt, 150, 500)}
        onClick={details}
        title="Last round trip of this page"
      >
        ws {link.rtt === undefined ? '–' : `${link.rtt} ms`}
      </button>
      {connection && (
        <button
          type="button"
          className="segment wide-only"
          onClick={() => openOverlay({ kind: 'model' })}
          title="Language model in use: choose another"
        >
          model {connection.model}
        </button>
      )}
      {memory && memory.total > 0 && (
        <button
          type="button"
          className="segment wide-only"
          data-grade={grade(share * 100, 80, 95)}
          onClick={details}
          title="Memory"
        >
          mem {memoryWords(memory)}
        </button>
      )}
      {used && used.input_tokens + used.output_tokens > 0 && (
        <button
          type="button"
          className="segment wide-only"
          onClick={details}
          title="Tokens read and written in this session, and what they cost"
        >
          {tokens(used.input_tokens + used.output_tokens)} tok{used.cost_usd > 0 ? ` · ${money(used.cost_usd)}` : ''}
        </button>
      )}
      {policy && (
        <button
          type="button"
          className="segment"
          data-auto={policy === 'auto_approve'}
          onClick={details}
          title={POLICY_WORDS[policy]}
        >
          {POLICY_SHORT[policy]}
        </button>
      )}
      {showSeq && (
        <button type="button" className="segment" onClick={details} title="Last event">
          seq {reached}
        </button>
      )}
    </footer>
  );
}
