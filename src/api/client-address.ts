import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** The address a request came from, as far as trusted proxies (CIDRs) vouch for it. */
export type ClientAddress = (request: IncomingMessage) => string;

/** Walks X-Forwarded-For from the nearest hop; the first that is no trusted proxy is the client. */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const cidr of trustedProxies) {
    const [address = '', bits = ''] = cidr.split('/');
    trusted.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  const isTrusted = (address: string): boolean =>
    isIPv4(address)
      ? trusted.check(address, 'ipv4')
      : isIPv6(address) && trusted.check(address, 'ipv6');
  return (request) => {
    const remote = plain(request.socket.remoteAddress ?? '');
    if (trustedProxies.length === 0) return remote;
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').slice(-1_000);
    const hops = forwarded
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== '');
    let address = remote;
    while (isTrusted(address) && hops.length > 0) address = plain(hops.pop() ?? '');
    return address;
  };
}

/** An IPv4 address that arrived on an IPv6 socket is the same address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d)/i, '').slice(0, 60);

/** What requests are counted under: an IPv4 address, or of an IPv6 address the network a single customer gets (/64). */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind];
  return all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
