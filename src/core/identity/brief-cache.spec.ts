import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const principal = (credentialId: string, expiresAt: Date | null = later(60_000)) =>
  ({ credentialId, expiresAt }) as Principal;

describe('the cache of principals', () => {
  test('knows a token for as long as it is fresh', () => {
    const cache = new PrincipalCache(10, 2_000);
    cache.keep('a', principal('fam_1'), NOW);
    expect(cache.find('a', later(1_999))?.credentialId).toBe('fam_1');
    expect(cache.find('a', later(2_000))).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  test('knows no token beyond its end', () => {
    const cache = new PrincipalCache(10, 2_000);
    cache.keep('a', principal('fam_1', later(500)), NOW);
    expect(cache.find('a', later(500))).toBeUndefined();
  });

  test('lets go of the least recently used', () => {
    const cache = new PrincipalCache(2, 2_000);
    cache.keep('a', principal('fam_1'), NOW);
    cache.keep('b', principal('fam_2'), NOW);
    cache.find('a', NOW);
    cache.keep('c', principal('fam_3'), NOW);
    expect(
      [cache.find('a', NOW), cache.find('b', NOW), cache.find('c', NOW)].map((found) => found?.credentialId),
    ).toEqual(['fam_1', undefined, 'fam_3']);
  });

  test('forgets those who are meant', () => {
    const cache = new PrincipalCache(10, 2_000);
    cache.keep('a', principal('fam_1'), NOW);
    cache.keep('b', principal('fam_1'), NOW);
    cache.keep('c', principal('fam_2'), NOW);
    cache.forget(({ credentialId }) => credentialId === 'fam_1');
    expect(cache.size).toBe(1);
  });
});
