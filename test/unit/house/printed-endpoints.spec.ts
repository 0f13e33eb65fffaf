import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const CONTRACTS = join(__dirname, '../../contracts');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(CONTRACTS, path), 'utf8'));

const endpoint = z.string().regex(/^[A-Z]\w+ \/\S*$/);
const Documents = z.array(
  z.strictObject({
    document: z.string(),
    surface: z.string(),
    /** Before the paths as they are printed. */
    base: z.string(),
    endpoints: z.array(endpoint).min(1),
    later: z.array(z.strictObject({ what: z.string(), endpoints: z.array(endpoint).min(1) })),
  }),
);
const Chapter = z.looseObject({ rows: z.array(z.looseObject({ request: z.string(), document: z.string() })) });
const OpenApi = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

const documents = Documents.parse(readJson('printed-endpoints.json'));
const prefixes = documents.map(({ surface }) => `${surface}-`);
const FOLDER = 'golden/compatibility';

/** The rows of one document; the chapters of the Client API have no prefix. */
const rowsOf = (surface: string): string[] =>
  readdirSync(join(CONTRACTS, FOLDER))
    .filter((name) => (prefixes.find((prefix) => name.startsWith(prefix)) ?? 'client-') === `${surface}-`)
    .flatMap((name) => Chapter.parse(readJson(`${FOLDER}/${name}`)).rows)
    .map(({ document, request }) => `${document} ${request}`);

const parts = (printed: string): [string, string] => {
  const [method = '', path = ''] = printed.split(' ');
  return [method, path];
};

const isTold = (printed: string) => {
  const [method, path] = parts(printed);
  const asked = new RegExp(`\\b${method}\\b.*${path.replace(/[{}.]/g, '\\$&')}(?![\\w/{-])`);
  return (row: string) => asked.test(row);
};

const anonymous = (path: string) => path.replace(/\{\w+\}/g, '{}');
const routesOf = (surface: string): string[] =>
  Object.entries(OpenApi.parse(readJson(`golden/${surface}.openapi.json`)).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${anonymous(path)}`),
  );

/** Of no surface alone, and in no OpenAPI: what RFCs and MCP describe; that the gateway is served, its rows say. */
const ofProtocols = z.array(endpoint).parse(readJson('golden/oauth-routes.json')).concat('POST /mcp', 'GET /mcp');

describe.each(documents)('the endpoints that the $document prints', ({ surface, base, endpoints, later }) => {
  const routes = routesOf(surface);
  const isServed = (printed: string) => {
    const [method, path] = parts(printed);
    return routes.includes(`${method} ${anonymous(base + path)}`) || ofProtocols.includes(printed);
  };

  test('are each tested as printed', () => {
    const rows = rowsOf(surface);
    expect(endpoints.filter((printed) => !rows.some(isTold(printed)))).toEqual([]);
  });

  test('are served, and those that are said to come later are not', () => {
    // OpenAPI knows no sockets.
    const asked = endpoints.filter((printed) => !printed.startsWith('WebSocket'));
    expect(asked.filter((printed) => !isServed(printed))).toEqual([]);
    expect(later.flatMap((group) => group.endpoints).filter(isServed)).toEqual([]);
  });
});
