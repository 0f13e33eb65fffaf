import { createServer } from 'node:http';
import { Client } from 'pg';
import { listenHere, stopListening } from '../../support/listening.js';

/** A server that says back whatever it was sent, as careless ones do. */
export async function startEcho() {
  const http = createServer((request, response) => {
    response.writeHead(401, { 'content-type': 'text/plain' }).end(`Not you: ${request.headers.authorization}`);
  });
  const origin = await listenHere(http);
  return {
    url: `${origin}/mcp`,
    close: () => stopListening(http),
  };
}

/** Without the mailbox of development, which shows codes and does nothing else. */
export async function dump(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
         and table_name <> 'dev_mails'`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select to_json(t)::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

/** A one-time code is so short that other numbers hold it. */
export const holds = (text: string, value: string): boolean =>
  /^\d+$/.test(value) ? new RegExp(`(?<![\\w.-])${value}(?![\\w.-])`).test(text) : text.includes(value);
