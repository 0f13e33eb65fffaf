import fc from 'fast-check';
import { createEgressGuard, kindOf, parseEgressAllow, parseIp } from './index.js';

describe('EGRESS_ALLOW', () => {
  it('takes names, addresses, ports and blocks, and skips empty entries', () => {
    const text =
      'mcp.corp, mcp.corp:8443,10.0.0.5,10.0.0.5:80, [fd00::1]:443,fd00::2,10.0.0.0/8,fd00::/8,bücher.example,,';
    expect(parseEgressAllow(text)).toMatchObject({ malformed: [], entries: { length: 9 } });
  });

  it.each([
    'https://mcp.corp',
    '*.corp',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/x',
    'a b',
    'host:0',
    'host:70000',
    '[::1',
    '10.0.0.256',
  ])('names %j as malformed and keeps the rest', (entry) => {
    const { entries, malformed } = parseEgressAllow(`good.example,${entry}`);
    expect(entries).toEqual(['good.example']);
    expect(malformed.map((one) => one.entry)).toEqual([entry]);
    expect(() => createEgressGuard({ allow: [entry], loopback: 'refused' })).toThrow(entry);
  });
});

describe('the kind of an address', () => {
  const v4 = fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(255)));

  it('is the same for IPv4 and its mapped spelling', () => {
    fc.assert(
      fc.property(v4, (parts) => {
        const plain = parseIp(parts.join('.'));
        const mapped = parseIp(`::ffff:${parts.join('.')}`);
        expect(mapped).toEqual(plain);
      }),
    );
  });

  it('is never public for a translated address whose inside is not', () => {
    fc.assert(
      fc.property(v4, (parts) => {
        const inside = parseIp(parts.join('.'));
        const hex = parts.map((part) => part.toString(16).padStart(2, '0')).join('');
        const words = `${hex.slice(0, 4)}:${hex.slice(4)}`;
        const ways = [`64:ff9b::${words}`, `2002:${words}::1`].map(parseIp);
        for (const way of ways) {
          expect(way && kindOf(way) === 'public').toBe(inside && kindOf(inside) === 'public');
        }
      }),
    );
  });
});
