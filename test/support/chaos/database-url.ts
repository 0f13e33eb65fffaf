import type { DatabaseConnection } from '../../../src/platform/database/connection.js';

export { createTestDatabase, type TestDatabase } from '../databases.js';

/** The settings know URLs only; a socket's folder becomes the percent-encoded host that the driver reads. */
export function toUrl(connection: DatabaseConnection): string {
  if ('url' in connection) return connection.url;
  const { host, port, user, password, database } = connection;
  const [name, secret, place] = [user, password, host].map(encodeURIComponent);
  return `postgres://${name}:${secret}@${place}:${port}/${database}`;
}
