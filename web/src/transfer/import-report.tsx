import { Link } from '@tanstack/react-router';
import type { FieldChange, ImportAction, ImportedServer, ImportReport } from '../api/transfer-types.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';

const SIGNERS = {
  own: 'Signed by this instance.',
  known: 'Signed by an instance whose file was imported before.',
  unknown: 'Signed by an instance that was never met: be sure where the file comes from.',
} as const;

const ACTIONS: Record<ImportAction, [would: string, did: string]> = {
  create: ['would be added', 'added'],
  update: ['would be changed', 'changed'],
  rename: ['would be added under another name', 'added under another name'],
  same: ['is here as it is', 'was here as it is'],
  skip: ['would be left as it is', 'left as it is'],
};

/** What an import does, or would do, server by server. */
export function Report({ report: { dry_run, signature, servers } }: { report: ImportReport }) {
  return (
    <section className="section" aria-label="Import" data-testid="import-report" data-dry-run={dry_run}>
      <h2 role="status">{dry_run ? 'What it would do' : 'Done'}</h2>
      <p className={signature.signer === 'unknown' ? 'note' : 'dim'}>
        {SIGNERS[signature.signer] ?? signature.signer} <span className="mono">{signature.key_id}</span>
      </p>
      {servers.length === 0 && <p className="empty">There is no server in the file.</p>}
      <ul className="entries">
        {servers.map((server) => (
          <Server key={server.name} server={server} dryRun={dry_run} />
        ))}
      </ul>
    </section>
  );
}

function Server({ server, dryRun }: { server: ImportedServer; dryRun: boolean }) {
  const { name, action, new_name, server_id, changes, kept, needs, tools } = server;
  const words = ACTIONS[action]?.[dryRun ? 0 : 1] ?? action;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong className="mono">{visible(name)}</strong> {words}
          {new_name !== null && (
            <>
              : <span className="mono">{visible(new_name)}</span>
            </>
          )}
          {server_id !== null && !dryRun && (
            <>
              {' '}
              <Link to="/servers/$serverId" params={{ serverId: server_id }}>
                open
              </Link>
            </>
          )}
        </p>
        <Changes changes={changes} />
        {kept.length > 0 && <p>Stays, since the file would loosen it:</p>}
        <Changes changes={kept} />
        {needs.length > 0 && <p>To be entered by you: {visible(needs.join(', '))}</p>}
        <p className="entry-meta dim">
          {plural(tools.total, 'tool')} in the file: {tools.same} as here, {tools.different} different, {tools.unknown}{' '}
          not known here. None of them counts as approved.
        </p>
      </div>
    </li>
  );
}

function Changes({ changes }: { changes: readonly FieldChange[] }) {
  if (changes.length === 0) return null;
  const shown = (value: unknown) => visible(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  return (
    <ul className="issues">
      {changes.map(({ field, from, to }) => (
        <li key={field}>
          <span className="mono">{visible(field)}</span> {shown(from)} → {shown(to)}
        </li>
      ))}
    </ul>
  );
}
