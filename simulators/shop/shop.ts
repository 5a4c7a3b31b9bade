import { randomBytes } from 'node:crypto';
import {
  createScript,
  type AnswerFault,
  type ArmedRule,
  type CarriageFault,
  type Json,
  type Rule,
} from '../faults.js';
import { createCourier, type DeliveryReport } from '../http/courier.js';
import { startLoopback, type HttpRequest } from '../http/loopback.js';
import { createLedger, type Ledger } from '../ledger.js';
import { createCounter, type ShopReply } from './counter.js';
import type { ShopDelivery, ShopEntry } from './entries.js';
import { publicKeyOf, signV1, signV1a } from './signature.js';

export interface ShopOptions {
  /** The hub's hook; may also be set later. */
  readonly hookUrl?: string | undefined;
  /** `whsec_…`; invented when left out. */
  readonly secret?: string | undefined;
  /** `whsk_…`, 32 bytes in base64; invented when left out. */
  readonly privateKey?: string | undefined;
  /** Which signatures a delivery carries; `v1` when left out. */
  readonly signatures?: readonly ('v1' | 'v1a')[] | undefined;
  /** The hub's `whsec_…` or `whpk_…`: replies that it does not fit are refused with 401. None: nothing is checked. */
  readonly hubKey?: string | undefined;
  /** Pauses before each repetition of a delivery, in milliseconds; 20 and 50 when left out. */
  readonly retryPausesMs?: readonly number[] | undefined;
  readonly now?: (() => Date) | undefined;
}

/** What a customer of the shop complains about. */
export interface Complaint {
  /** The shop's own id of the complaint; invented when left out. */
  readonly id?: string | undefined;
  /** The chat or case that it belongs to; its own id when left out. */
  readonly thread?: string | undefined;
  readonly customer: {
    readonly id: string;
    readonly name?: string | undefined;
    readonly email?: string | undefined;
    readonly phone?: string | undefined;
  };
  readonly text: string;
  readonly orderNo?: string | undefined;
  readonly product?: string | undefined;
}

/** Headers that a test wants to be others than the right ones. */
export interface DeliveryDetails {
  readonly id?: string | undefined;
  /** The time that is signed and sent, to be stale or in the future. */
  readonly at?: Date | undefined;
}

export interface ShopSimulator {
  /** Where the hub posts its replies; any path is taken. */
  readonly url: string;
  readonly port: number;
  /** `whsec_…`, for the hub to check `v1`. */
  readonly secret: string;
  /** `whpk_…`, for the hub to check `v1a`. */
  readonly publicKey: string;
  readonly ledger: Ledger<ShopEntry>;
  /** The replies that the shop took, each once. */
  readonly replies: readonly ShopReply[];
  /** Scripts the answers to the hub's replies. */
  script(rule: Rule<HttpRequest, AnswerFault>): ArmedRule;
  /** Scripts what happens to events on their way to the hub. */
  scriptDeliveries(rule: Rule<ShopDelivery, CarriageFault>): ArmedRule;
  setHook(url: string): void;
  /** Sends `complaint.created`. */
  complain(complaint: Complaint): Promise<DeliveryReport>;
  /** Sends any body, signed. */
  send(body: Json | Buffer, details?: DeliveryDetails): Promise<DeliveryReport>;
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a shop system of somebody's own that speaks Standard Webhooks both ways. */
export async function startShop(options: ShopOptions = {}): Promise<ShopSimulator> {
  const now = options.now ?? (() => new Date());
  const keys = keysOf(options);
  const ledger = createLedger<ShopEntry>();
  const script = createScript<HttpRequest, AnswerFault>();
  const deliveries = createScript<ShopDelivery, CarriageFault>();
  const counter = createCounter({ hubKey: options.hubKey ?? null, now, ledger });
  const loopback = await startLoopback({
    script,
    handle: (request) => counter.take(request),
    observe: (request, ending) => counter.observe(request, ending),
  });
  const courier = createCourier<ShopDelivery>({
    script: deliveries,
    observe: (delivery, attempt) => ledger.record({ kind: 'attempt', delivery, attempt }),
    policy: {
      pausesMs: options.retryPausesMs ?? [20, 50],
      timeoutMs: 15_000,
      // Standard Webhooks: anything but 2xx is repeated, 410 says that nobody is there any more.
      again: (attempt) => attempt.status !== 410,
    },
  });
  let hookUrl = options.hookUrl ?? '';
  const send = (body: Json | Buffer, details: DeliveryDetails = {}): Promise<DeliveryReport> => {
    const delivery: ShopDelivery = {
      id: details.id ?? `msg_${randomBytes(12).toString('hex')}`,
      body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    };
    const headers = sign(keys, delivery, details.at ?? now());
    return courier.carry(delivery, { url: hookUrl, headers, body: delivery.body });
  };
  return {
    url: loopback.url,
    port: loopback.port,
    secret: keys.secret,
    publicKey: publicKeyOf(keys.privateKey),
    ledger,
    replies: counter.replies,
    script: (rule) => script.add(rule),
    scriptDeliveries: (rule) => deliveries.add(rule),
    setHook: (url) => void (hookUrl = url),
    complain: (complaint) => send(complaintEvent(complaint, now())),
    send,
    goOffline: () => loopback.goOffline(),
    goOnline: () => loopback.goOnline(),
    close() {
      courier.close();
      return loopback.close();
    },
  };
}

interface Keys {
  readonly secret: string;
  readonly privateKey: string;
  readonly signatures: readonly ('v1' | 'v1a')[];
}

function keysOf(options: ShopOptions): Keys {
  return {
    secret: options.secret ?? `whsec_${randomBytes(32).toString('base64')}`,
    privateKey: options.privateKey ?? `whsk_${randomBytes(32).toString('base64')}`,
    signatures: options.signatures ?? ['v1'],
  };
}

function sign(keys: Keys, delivery: ShopDelivery, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const parts = { ...delivery, timestamp };
  const signatures = keys.signatures.map((version) =>
    version === 'v1' ? signV1(keys.secret, parts) : signV1a(keys.privateKey, parts),
  );
  return {
    'content-type': 'application/json',
    'webhook-id': delivery.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function complaintEvent(complaint: Complaint, now: Date): Json {
  const id = complaint.id ?? `cmp_${randomBytes(8).toString('hex')}`;
  const { customer } = complaint;
  return {
    type: 'complaint.created',
    timestamp: now.toISOString(),
    data: {
      id,
      thread: complaint.thread ?? id,
      customer: {
        id: customer.id,
        name: customer.name ?? null,
        email: customer.email ?? null,
        phone: customer.phone ?? null,
      },
      text: complaint.text,
      orderNo: complaint.orderNo ?? null,
      product: complaint.product ?? null,
    },
  };
}
