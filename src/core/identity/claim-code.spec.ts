import { createHash } from 'node:crypto';
import { claimCode, isClaimCode } from './claim-code.js';

const signature = (text: string) => createHash('sha256').update(text).digest('base64url');

test('a claim code is sixteen letters that nobody mistakes, another for each instance', () => {
  const codes = Array.from({ length: 200 }, (_, index) => claimCode(signature(`instance ${index}`)));
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  expect(new Set(codes).size).toBe(200);
});

test('it is known as people type it, and nothing else is', () => {
  const code = claimCode(signature('one'));
  expect(isClaimCode(code, code)).toBe(true);
  expect(isClaimCode(` ${code.toLowerCase().replaceAll('-', ' ')} `, code)).toBe(true);
  expect(isClaimCode(code.replaceAll('0', 'o').replaceAll('1', 'l'), code)).toBe(true);
  for (const wrong of ['', code.slice(0, -1), `${code}0`, claimCode(signature('two')), 'x'.repeat(100_000)]) {
    expect(isClaimCode(wrong, code)).toBe(false);
  }
});
