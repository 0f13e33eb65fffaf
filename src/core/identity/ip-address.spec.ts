import { callerNetwork, ipWindow, normalIp } from './ip-address.js';

describe('the network of a caller', () => {
  test.each([
    ['192.0.2.17', '192.0.2.0/24'],
    ['::ffff:192.0.2.99', '192.0.2.0/24'],
    ['::FFFF:c000:0211', '192.0.2.0/24'],
    ['2001:db8:1:22ff::1', '2001:db8:1:2200::/56'],
    ['2001:0db8:0001:2200:ffff:ffff:ffff:ffff', '2001:db8:1:2200::/56'],
    ['fe80::1%eth0', 'fe80:0:0:0::/56'],
    ['::1', '127.0.0.0/24'],
    ['127.0.0.9', '127.0.0.0/24'],
    ['127.0.1.9', '127.0.1.0/24'],
    ['::', '0:0:0:0::/56'],
    ['', 'unknown'],
    ['not an address', 'unknown'],
    ['1.2.3', 'unknown'],
  ])('%j is in the window %s', (address, window) => {
    expect(ipWindow(address)).toBe(window);
  });

  test('for counting, an IPv4 caller is an address and an IPv6 caller a /64', () => {
    expect(callerNetwork('::ffff:192.0.2.17')).toBe('192.0.2.17');
    expect(callerNetwork('2001:db8:1:2:aaaa::1')).toBe(callerNetwork('2001:db8:1:2:bbbb::2'));
    expect(callerNetwork('2001:db8:1:2::1')).not.toBe(callerNetwork('2001:db8:1:3::1'));
  });

  test('what is no address stays as it is', () => {
    expect(normalIp('unknown')).toBe('unknown');
  });
});
