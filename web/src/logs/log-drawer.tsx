import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { requestQuery } from '../api/log-queries.js';
import type { RequestDetail } from '../api/log-types.js';
import { clientCurl } from '../tools/call-curl.js';
import { CopyBox } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { bytes, clock, duration, moment } from '../ui/format.js';
import { JsonView } from '../ui/json-tree.js';
import { visible } from '../ui/visible.js';
import { DOOR_WORDS, statusWords } from './log-search.js';

/** One call as it was: bodies as far as they are kept, what let it run, and where to look further. */
export function LogDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(requestQuery(id));
  return (
    <Dialog title={visible(query.data?.tool ?? 'Call')} onClose={onClose} side testId="log-drawer">
      {query.isPending && <Loading what="the call" lines={6} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail row={query.data} />}
    </Dialog>
  );
}

function factsOf(row: RequestDetail): Fact[] {
  const { at, server, method, status, status_code, error_code, duration_ms, door, via, actor, credential, rule } = row;
  const size = (count: number | null) => (count === null ? '–' : bytes(count));
  return [
    ['Status', `${statusWords(status)} ${status_code}`],
    ...(error_code === null ? [] : [['Error', error_code] as const]),
    ['When', `${moment(at).slice(0, 10)} ${clock(at, true)}`],
    ['Took', duration(duration_ms)],
    ['Server', visible(server.name)],
    ['Method', method],
    ['Via', [DOOR_WORDS[door] ?? door, via?.replaceAll('_', ' ') ?? ''].filter(Boolean).join(', ')],
    ['Who', actor?.username ?? '–'],
    ...(credential === null ? [] : [['Credential', visible(credential.name ?? credential.id)] as const]),
    ['Rule', rule === null ? '–' : rule.replaceAll('_', ' ')],
    ['Sent, got', `${size(row.request_bytes)}, ${size(row.response_bytes)}`],
    ['Files', String(row.artifacts)],
    ['From', row.ip ?? '–'],
    ['With', visible(row.user_agent ?? '–')],
  ];
}

function Detail({ row }: { row: RequestDetail }) {
  const { request, response, truncated, error_message } = row;
  return (
    <>
      {error_message !== null && <p className="note note-error">{visible(error_message)}</p>}
      <Facts facts={factsOf(row)} />
      <Ways row={row} />
      <Body name="Request" body={request} />
      <Body name="Response" body={response} />
      {truncated && <p className="dim">Long bodies are cut.</p>}
      {(request !== null || response !== null) && (
        <p className="dim">What looked like a secret was taken out before it was written down.</p>
      )}
      {row.method === 'tools/call' && <Again row={row} />}
      <p className="label">ids</p>
      <CopyBox name="The log id" text={row.id} />
      {row.request_id !== null && <CopyBox name="The request id" text={row.request_id} />}
    </>
  );
}

function Ways({ row: { server, tool, method, session_id, approval_id, node_id } }: { row: RequestDetail }) {
  return (
    <p className="entry-meta">
      {method === 'tools/call' && (
        <Link to="/servers/$serverId/tools/$tool" params={{ serverId: server.id, tool }}>
          the tool
        </Link>
      )}
      {session_id !== null && (
        <Link to="/s/$sessionId" params={{ sessionId: session_id }}>
          the session
        </Link>
      )}
      {node_id !== null && <span className="mono dim">{node_id}</span>}
      {approval_id !== null && (
        <Link to="/approvals/$approvalId" params={{ approvalId: approval_id }}>
          the approval
        </Link>
      )}
    </p>
  );
}

function Body({ name, body }: { name: string; body: unknown }) {
  return (
    <>
      <p className="label">{name}</p>
      {body === null ? <p className="dim">Not kept.</p> : <JsonView name={`The ${name.toLowerCase()}`} value={body} />}
    </>
  );
}

/** The same call for a terminal; where a secret was taken out it has to be put in again. */
function Again({ row: { server, tool, request } }: { row: RequestDetail }) {
  if (request === null) return null;
  return (
    <>
      <p className="label">as curl</p>
      <CopyBox name="The command" lines text={clientCurl(location.origin, server.id, tool, request)} />
    </>
  );
}
