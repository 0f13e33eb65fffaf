import { noSurface } from './no-surface.js';
import { type Surface, Surfaces } from './surface.js';

const surface = (name: string, ...prefixes: `/${string}`[]): Surface => ({ ...noSurface, name, prefixes });

describe('the surface of a path', () => {
  const surfaces = new Surfaces(
    [
      surface('admin', '/api', '/auth'),
      surface('client', '/api/v1', '/api/artifacts'),
      surface('registration', '/api/mcp-servers'),
      surface('platform', '/v1'),
      {
        ...surface('builder', '/v1/servers'),
        paths: [{ path: '/v1/auth/me' }, { path: '/v1/auth/logout', when: ({ headers }) => headers.cookie === 'ours' }],
      },
    ],
    noSurface,
  );

  test.each([
    ['/api/v1/servers', 'client'],
    ['/api/v1', 'client'],
    ['/api/v10', 'admin'],
    ['/api/artifacts/download/x', 'client'],
    ['/api/mcp-servers', 'registration'],
    ['/api/users', 'admin'],
    ['/authors', 'none'],
    ['/', 'none'],
    ['/v1/users/me', 'platform'],
    ['/v1/servers/x', 'builder'],
    ['/v1/auth/me', 'builder'],
    ['/v1/auth/me/x', 'platform'],
    ['/v1/auth/logout', 'platform'],
  ])('%s is %s', (path, name) => {
    expect(surfaces.of({ path, headers: {} }).name).toBe(name);
  });

  test('a path of two surfaces is of the one that its headers fit', () => {
    expect(surfaces.of({ path: '/v1/auth/logout', headers: { cookie: 'ours' } }).name).toBe('builder');
  });
});
