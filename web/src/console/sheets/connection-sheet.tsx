import { useQuery } from '@tanstack/react-query';
import { instanceQuery, serverQuery } from '../../api/queries.js';
import { openOverlay } from '../../app/ui-state.js';
import { memoryWords, money, tokens } from '../../models/model-words.js';
import { POLICY_WORDS } from '../../servers/server-words.js';
import { Dialog } from '../../ui/dialog.js';
import { copyText } from '../../ui/hooks.js';
import { useLive, useLiveSession } from '../live-context.js';

const CELLS = 8;

/** What the status line knows, in full. */
export function ConnectionSheet({ onClose }: { onClose: () => void }) {
  const live = useLiveSession();
  const link = useLive((state) => state.link);
  const connection = useLive((state) => state.session.connection);
  const reached = useLive((state) => state.session.last_seq);
  const server = useQuery(serverQuery(live.serverId)).data;
  const instance = useQuery(instanceQuery).data;
  const memory = connection?.memory;
  const filled = memory && memory.total > 0 ? Math.round((memory.used / memory.total) * CELLS) : 0;
  const used = connection?.usage;
  const facts: [string, string][] = [
    ['line', `${link.state}${link.attempt > 0 ? `, try ${link.attempt}` : ''}`],
    ...(link.notice === undefined ? [] : [['last word', link.notice] satisfies [string, string]]),
    ['ws round trip', link.rtt === undefined ? '–' : `${link.rtt} ms`],
    ['mcp server', connection?.status ?? '–'],
    ['mcp round trip', connection?.latency == null ? '–' : `${Math.round(connection.latency)} ms`],
    ['protocol', server?.protocol ? `${server.protocol.version} (${server.protocol.era})` : '–'],
    ['approval', server?.approval_policy ? POLICY_WORDS[server.approval_policy] : '–'],
    ['model', connection?.model ?? '–'],
    [
      'memory',
      memory && memory.total > 0 ? `${'■'.repeat(filled)}${'□'.repeat(CELLS - filled)} ${memoryWords(memory)}` : '–',
    ],
    [
      'used so far',
      used
        ? `${tokens(used.input_tokens)} tokens read, ${tokens(used.output_tokens)} written · ${money(used.cost_usd)}`
        : '–',
    ],
    ['last event', String(reached)],
    ['version', instance ? `${instance.name} ${instance.version}` : '–'],
  ];
  return (
    <Dialog
      title="Connection"
      onClose={onClose}
      testId="connection"
      actions={
        <>
          <button
            type="button"
            className="button"
            onClick={() => void copyText(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))}
          >
            Copy
          </button>
          <button type="button" className="button" onClick={() => openOverlay({ kind: 'model' })}>
            Change model
          </button>
          <button type="button" className="button" onClick={() => live.reconnect()}>
            Reconnect now
          </button>
        </>
      }
    >
      <dl className="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="dim">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
