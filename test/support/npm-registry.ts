import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { listenHere, stopListening } from './listening.js';

interface PackageFiles {
  /** Beside name and version. */
  manifest: Record<string, unknown>;
  /** By path in the package. */
  files: Record<string, string>;
}

/** A registry as npm wants it (github.com/npm/registry), of packages that a test makes up. */
export interface NpmRegistry {
  url: string;
  publish: (name: string, version: string, content: PackageFiles) => Promise<void>;
  close: () => Promise<void>;
}

export async function startNpmRegistry(): Promise<NpmRegistry> {
  const packages = new Map<string, Map<string, { manifest: object; tarball: Buffer }>>();
  const http = createServer((request, response) => {
    const [name = '', version] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const versions = packages.get(name);
    if (!versions) return response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
    if (version !== undefined) return response.end(versions.get(version.replace(/\.tgz$/, ''))?.tarball);
    const document = {
      name,
      'dist-tags': { latest: [...versions.keys()].at(-1) },
      versions: Object.fromEntries([...versions].map(([key, { manifest }]) => [key, manifest])),
    };
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  const url = `${await listenHere(http)}/`;
  return {
    url,
    publish: async (name, version, { manifest, files }) => {
      const whole = { name, version, ...manifest };
      const tar = pack();
      tar.entry({ name: 'package/package.json' }, JSON.stringify(whole));
      for (const [path, text] of Object.entries(files)) tar.entry({ name: `package/${path}` }, text);
      tar.finalize();
      const tarball = gzipSync(await buffer(tar));
      const dist = {
        tarball: `${url}${name}/-/${version}.tgz`,
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
      };
      const versions = packages.get(name) ?? new Map<string, { manifest: object; tarball: Buffer }>();
      packages.set(name, versions.set(version, { manifest: { ...whole, dist }, tarball }));
    },
    close: () => stopListening(http),
  };
}
