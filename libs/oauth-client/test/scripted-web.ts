import type { OAuthHttp } from '../src/index.js';

export interface Asked {
  method: string;
  url: string;
  text: string;
  body: URLSearchParams;
  headers: Headers;
}

type Page = object | string;
type Answering = (asked: Asked) => Response;

/** A web of pages by address; what is not there is a 404. */
export function scriptedWeb(pages: Record<string, Page>): OAuthHttp & { asked: Asked[]; paths: () => string[] } {
  const asked: Asked[] = [];
  return {
    asked,
    paths: () => asked.map(({ url }) => url),
    fetch: async (url, init) => {
      const text = typeof init.body === 'string' ? init.body : '';
      const one: Asked = {
        method: init.method ?? 'GET',
        url: url.toString(),
        text,
        body: new URLSearchParams(text),
        headers: new Headers(init.headers),
      };
      asked.push(one);
      const page = pages[one.url];
      if (page === undefined) return new Response('Not here.', { status: 404 });
      if (typeof page === 'function') return (page as Answering)(one);
      return typeof page === 'string' ? new Response(page) : Response.json(page);
    },
  };
}

export const ISSUER = 'https://as.example';
export const SERVER = 'https://mcp.example/v1/mcp';

export const metadata = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  registration_endpoint: `${ISSUER}/register`,
  code_challenge_methods_supported: ['S256'],
  ...more,
});

export const resource = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  resource: SERVER,
  authorization_servers: [ISSUER],
  ...more,
});
