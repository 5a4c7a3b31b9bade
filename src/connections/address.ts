import { BlockList, isIP } from 'node:net';

/**
 * IPv4 blocks that are no public host: IANA's special-purpose registry (RFC 6890 and its updates),
 * and one address inside public space that a cloud answers with an instance's own data.
 */
const CLOSED_V4 = [
  '0.0.0.0/8', // this network; 0.0.0.0 reaches loopback on Linux
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; 100.100.100.200 is Alibaba Cloud's metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's platform address
  '169.254.0.0/16', // link-local; 169.254.169.254 is most clouds' metadata service
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4', // reserved, and broadcast
];

/**
 * Of IPv6 only global unicast is open at all: loopback, unspecified, unique local (with Amazon's
 * fd00:ec2::254), link-local, multicast and NAT64 (64:ff9b::) all lie outside 2000::/3.
 */
const GLOBAL_V6 = ['2000::/3'];

/** Blocks inside 2000::/3 that are not hosts, or that carry an IPv4 address of anybody's choice. */
const CLOSED_V6 = [
  '2001::/23', // protocol assignments; Teredo (2001::/32) embeds an IPv4 address
  '2001:db8::/32',
  '2002::/16', // 6to4 embeds an IPv4 address
  '3fff::/20',
];

const MAPPED_V4 = ['::ffff:0:0/96'];

/** Which addresses the hub may connect to. */
export interface AddressGuard {
  /** False for anything that is not an address at all. */
  permits(address: string): boolean;
}

/**
 * Public addresses, and what the installation opened. An IPv4 address inside an IPv6 one is judged
 * as the IPv4 address it is.
 *
 * @param allowPrivate ranges as `127.0.0.0/8` or `fd12::/16`; a single address is written `/32` or `/128`.
 * @throws RangeError naming a range that cannot be read; {@link isRange} asks first.
 */
export function addressGuard(allowPrivate: readonly string[]): AddressGuard {
  const allowed = blocks(allowPrivate);
  const closed = blocks([...CLOSED_V4, ...CLOSED_V6]);
  const global = blocks(GLOBAL_V6);
  const mapped = blocks(MAPPED_V4);
  return {
    permits(address) {
      const bare = address.split('%', 1)[0] ?? '';
      const version = isIP(bare);
      if (version === 0) return false;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      if (allowed.check(bare, family)) return true;
      if (closed.check(bare, family)) return false;
      return version === 4 || mapped.check(bare, family) || global.check(bare, family);
    },
  };
}

/** Whether this text is a range that {@link addressGuard} takes; for the reader of the configuration. */
export function isRange(text: string): boolean {
  return readRange(text) !== null;
}

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of ranges) {
    const range = readRange(text);
    if (range === null) {
      throw new RangeError(`"${text}" is not an address range such as 10.0.0.0/8`);
    }
    list.addSubnet(range.network, range.prefix, range.family);
  }
  return list;
}

interface Range {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function readRange(text: string): Range | null {
  const [network = '', bits = '', ...rest] = text.split('/');
  const version = isIP(network);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return null;
  const prefix = Number(bits);
  if (prefix > (version === 4 ? 32 : 128)) return null;
  return { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
