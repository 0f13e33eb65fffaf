import { noSurface } from './no-surface.js';
import { Surfaces } from './surface.js';

const surface = (name: string, ...prefixes: `/${string}`[]) => ({ ...noSurface, name, prefixes });

describe('the surface of a path', () => {
  const surfaces = new Surfaces(
    [
      surface('admin', '/api', '/auth'),
      surface('client', '/api/v1', '/api/artifacts'),
      surface('registration', '/api/mcp-servers'),
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
  ])('%s is %s', (path, name) => {
    expect(surfaces.of(path).name).toBe(name);
  });
});
