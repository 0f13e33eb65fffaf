/** Where a PostgreSQL is: a URL, or a socket folder with what opens it. */
export type DatabaseConnection =
  { url: string } | { host: string; port: number; user: string; password: string; database: string };

/** The form that `pg` and TypeORM's driver both take. */
export function toDriverOptions(connection: DatabaseConnection) {
  if ('url' in connection) return { url: connection.url, pg: { connectionString: connection.url } };
  const { host, port, user, password, database } = connection;
  return {
    host,
    port,
    username: user,
    password,
    database,
    pg: { host, port, user, password, database },
  };
}
