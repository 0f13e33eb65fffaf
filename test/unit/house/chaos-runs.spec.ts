import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

describe('npm run chaos', () => {
  const script = read('scripts/chaos.mjs');
  const specs = globSync('test/{chaos,cluster}/**/*.spec.ts', { cwd: ROOT });

  it('names specs that are there', () => {
    const named = [...script.matchAll(/spec: '([^']+)'/g)].map(([, spec = '']) => spec);
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((name) => !specs.some((spec) => spec.includes(name)))).toEqual([]);
  });

  it('sets lengths that those specs read', () => {
    const sources = specs.map(read).join('\n');
    const lengths = [...new Set(script.match(/CHAOS_[A-Z]+/g))].filter((name) => name !== 'CHAOS_SEED');
    expect(lengths.filter((name) => !sources.includes(`process.env.${name}`))).toEqual([]);
  });
});
