import fc from 'fast-check';
import { exposeUri, readExposedUri } from './exposed-uris.js';

test('a URI says of which server it is, and is read back as it was', () => {
  expect(exposeUri('files', 'file:///a b/{path}')).toBe('files+file:///a b/{path}');
  expect(readExposedUri('files+file:///a b/{path}')).toEqual({ handle: 'files', uri: 'file:///a b/{path}' });
  expect(readExposedUri('my-tools-2+git+https://x/y')).toEqual({ handle: 'my-tools-2', uri: 'git+https://x/y' });
});

test('what names no server is no such URI', () => {
  for (const text of ['file:///a', '', '+file:///a', 'Files+file:///a', 'files+', 'files+nothing']) {
    expect(readExposedUri(text)).toBeUndefined();
  }
});

test('whatever the URI, the server and it come back', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (uri) => {
      expect(readExposedUri(exposeUri('some-server', uri))).toEqual({ handle: 'some-server', uri });
    }),
  );
});
