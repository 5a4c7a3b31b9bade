import type { LookupAddress } from 'node:dns';
import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { SECOND } from '../model/time.js';
import type { AddressGuard } from './address.js';

/** All addresses of a name; rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The code of the error that a connection to a closed address ends with. */
export const FORBIDDEN_ADDRESS = 'HUB_FORBIDDEN_ADDRESS';

/**
 * How long a connection may lie idle and still be used. A server that closes an idle connection
 * just as a request leaves on it makes that send uncertain; servers keep them for 5 s or more.
 */
const IDLE = 2 * SECOND;

/** How long one address is tried before the next of the same name; the far side of the world takes 0.4 s. */
const ADDRESS_ATTEMPT = 3 * SECOND;

const SOCKETS_PER_HOST = 64;

/** Connections of one client, plain and TLS, kept alive between requests. */
export interface Wires {
  readonly plain: PlainAgent;
  readonly secure: SecureAgent;
  close(): void;
}

export interface WireOptions {
  readonly guard: AddressGuard;
  readonly lookup: Lookup;
  readonly ca: string | undefined;
}

export function openWires({ guard, lookup, ca }: WireOptions): Wires {
  const options = {
    keepAlive: true,
    timeout: IDLE,
    maxSockets: SOCKETS_PER_HOST,
    maxFreeSockets: 8,
    lookup: checkedLookup(guard, lookup),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT,
  };
  const plain = new PlainAgent(options);
  const secure = new SecureAgent(ca === undefined ? options : { ...options, ca });
  return {
    plain,
    secure,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/**
 * The resolver a socket uses while it connects: what is checked here is what the socket connects
 * to, so a name that answers differently a second time (DNS rebinding) is never asked a second time.
 * One closed address among several closes the name.
 */
function checkedLookup(guard: AddressGuard, lookup: Lookup): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname).then(
      (found) => {
        const first = found[0];
        const closed = found.some(({ address }) => !guard.permits(address));
        if (first === undefined) done(named(`${hostname} has no address`, 'ENOTFOUND'), '', 0);
        else if (closed) done(named('a private or reserved address', FORBIDDEN_ADDRESS), '', 0);
        else if (options.all === true) done(null, [...found]);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(named('not resolved', codeOf(error)), '', 0),
    );
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'EAI_FAIL';
}

function named(message: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
