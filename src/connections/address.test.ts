import fc from 'fast-check';
import { addressGuard, isRange } from './address.js';

const nothingOpened = addressGuard([]);

describe('what the hub may connect to', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['the end of loopback', '127.255.255.255'],
    ['unspecified', '0.0.0.0'],
    ['private, ten', '10.1.2.3'],
    ['private, 172', '172.31.255.255'],
    ['private, 192', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ["Alibaba Cloud's metadata service", '100.100.100.200'],
    ['the metadata service of most clouds', '169.254.169.254'],
    ["Azure's platform address", '168.63.129.16'],
    ['benchmarking', '198.19.255.255'],
    ['multicast', '224.0.0.251'],
    ['reserved', '250.1.1.1'],
    ['broadcast', '255.255.255.255'],
    ['loopback v6', '::1'],
    ['unspecified v6', '::'],
    ['unique local', 'fc00::1'],
    ["Amazon's metadata service v6", 'fd00:ec2::254'],
    ['link-local v6', 'fe80::1'],
    ['link-local v6 with its interface', 'fe80::1%eth0'],
    ['site-local, long retired', 'fec0::1'],
    ['multicast v6', 'ff02::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped private in hexadecimal', '::ffff:a00:1'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['IPv4-translated loopback', '::ffff:0:127.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['local-use NAT64', '64:ff9b:1::a00:1'],
    ['6to4 of a private address', '2002:a00:1::1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['documentation v6', '2001:db8::1'],
    ['a name', 'localhost'],
    ['nothing', ''],
    ['a short form that only URL parsers know', '127.1'],
  ])('%s is closed: %s', (_what, address) => {
    expect(nothingOpened.permits(address)).toBe(false);
  });

  test.each(['8.8.8.8', '100.63.255.255', '100.128.0.1', '172.32.0.1', '1.1.1.1', '223.5.5.5'])(
    'public %s is open, also mapped into IPv6',
    (address) => {
      expect(nothingOpened.permits(address)).toBe(true);
      expect(nothingOpened.permits(`::ffff:${address}`)).toBe(true);
    },
  );

  test.each(['2400:3200::1', '2606:4700::1111', '2a00:1450:4001::5e'])(
    'public %s is open',
    (it) => {
      expect(nothingOpened.permits(it)).toBe(true);
    },
  );

  test('an installation opens exactly the ranges it names', () => {
    const guard = addressGuard(['127.0.0.0/8', 'fd12:3456::/32']);
    expect(guard.permits('127.8.9.1')).toBe(true);
    expect(guard.permits('::ffff:127.8.9.1')).toBe(true);
    expect(guard.permits('fd12:3456::7')).toBe(true);
    expect(guard.permits('fd12:3457::7')).toBe(false);
    expect(guard.permits('10.0.0.1')).toBe(false);
    expect(guard.permits('::1')).toBe(false);
  });

  test('every IPv4 address is judged alike, plain and mapped into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const mapped = `::ffff:${address}`;
        expect(nothingOpened.permits(mapped)).toBe(nothingOpened.permits(address));
      }),
    );
  });

  test('a range that cannot be read is named', () => {
    expect(() => addressGuard(['10.0.0.0/33'])).toThrow('"10.0.0.0/33" is not an address range');
    for (const broken of ['10.0.0.0', '10.0.0/8', '::1/129', 'localhost/8', '10.0.0.0/-1', '/8']) {
      expect(isRange(broken)).toBe(false);
    }
    expect(isRange('::/0')).toBe(true);
  });
});
