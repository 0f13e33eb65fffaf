import type { SessionState } from './state.js';

/** Saves what the page holds of a session as a file. */
export function exportSession(session: SessionState, form: 'md' | 'json'): void {
  const text = form === 'json' ? JSON.stringify(toJson(session), null, 2) : toMarkdown(session);
  const type = form === 'json' ? 'application/json' : 'text/markdown';
  const url = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = `${session.title.replace(/[^\w-]+/g, '-') || session.session_id}.${form}`;
  anchor.click();
  URL.revokeObjectURL(url);
}

function toJson({ session_id, title, server_name, last_seq, items, plans, logs, artifacts }: SessionState) {
  return { session_id, title, server_name, last_seq, transcript: items, plans: Object.values(plans), logs, artifacts };
}

const SPEAKER = { USER: 'You', AGENT: 'Agent', SYSTEM: 'System' };

function toMarkdown(session: SessionState): string {
  const messages = session.items.flatMap((item) =>
    item.kind === 'message' ? [`## ${SPEAKER[item.sender]} · ${item.ts}\n\n${item.text}`] : [],
  );
  const plans = Object.values(session.plans).map((plan) => {
    const rows = plan.nodes.map((node) => `- ${node.title} (${node.tool}): ${node.status}`);
    return [`## Plan ${plan.title} r${plan.revision}`, '', ...rows].join('\n');
  });
  const files = session.artifacts.map((file) => `- ${file.name} · ${file.content_type} · ${file.sha256}`);
  const logs = session.logs.map((row) => `${row.ts} ${row.level} ${row.source} ${row.message}`);
  return [
    `# ${session.title || session.session_id}`,
    ...messages,
    ...plans,
    ...(files.length > 0 ? ['## Files', files.join('\n')] : []),
    ...(logs.length > 0 ? ['## Logs', '```text', logs.join('\n'), '```'] : []),
    '',
  ].join('\n\n');
}
