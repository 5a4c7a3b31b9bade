import { createReplyRight, type Product, type ReplyRight } from './windows.js';

/** How pushes travel, as chosen in the console. */
export type Encryption = 'safe' | 'compatible' | 'plain';

/** Whoever writes to the account. */
export interface Follower {
  readonly right: ReplyRight;
  follows: boolean;
  /** Refuses messages of the account: code 48002. */
  refuses: boolean;
}

export interface StoredMedia {
  readonly type: string;
  readonly body: Buffer;
}

/** One WeChat account with everything that passed through it. */
export interface Account {
  readonly product: Product;
  readonly appId: string;
  readonly appSecret: string;
  /** `gh_…`: the account as pushes name it. */
  readonly originalId: string;
  readonly token: string;
  readonly encodingAesKey: string;
  readonly encryption: Encryption;
  readonly format: 'xml' | 'json';
  readonly followers: Map<string, Follower>;
  readonly media: Map<string, StoredMedia>;
  /** Access tokens that hold, and when they end, in milliseconds. */
  readonly accessTokens: Map<string, number>;
  readonly tokenLifetimeMs: number;
  /** Customer-service messages left today. */
  dailyQuota: number;
  /** False: the hub's address is not on the account's IP allow-list. */
  isAllowListed: boolean;
  serial: number;
  readonly now: () => Date;
}

/** How a simulated account is set up; everything has a default. */
export interface WechatOptions {
  readonly product?: Product | undefined;
  readonly appId?: string | undefined;
  readonly appSecret?: string | undefined;
  readonly token?: string | undefined;
  readonly encodingAesKey?: string | undefined;
  /** `safe` when left out. */
  readonly encryption?: Encryption | undefined;
  /** `xml` when left out. */
  readonly format?: 'xml' | 'json' | undefined;
  /** Where pushes go; may also be set later. */
  readonly hookUrl?: string | undefined;
  /** Where a public URL really is; the same URL when left out. */
  readonly route?: ((publicUrl: string) => string) | undefined;
  /** Pauses before the second and third attempt, in milliseconds; WeChat's own are five seconds. */
  readonly retryPausesMs?: readonly number[] | undefined;
  /** Seconds an access token holds; 7,200 when left out. */
  readonly tokenSeconds?: number | undefined;
  readonly dailyQuota?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

/** The account that these options describe, without any traffic yet. */
export function openAccount(options: WechatOptions): Account {
  return {
    product: options.product ?? 'officialAccount',
    appId: options.appId ?? 'wx00000000000000a1',
    appSecret: options.appSecret ?? 'simulated-app-secret-4d1f',
    originalId: 'gh_0000000000a1',
    token: options.token ?? 'simulatedtoken',
    encodingAesKey: options.encodingAesKey ?? 'Simu1atedSimu1atedSimu1atedSimu1atedSimu1at',
    encryption: options.encryption ?? 'safe',
    format: options.format ?? 'xml',
    followers: new Map(),
    media: new Map(),
    accessTokens: new Map(),
    tokenLifetimeMs: (options.tokenSeconds ?? 7_200) * 1_000,
    dailyQuota: options.dailyQuota ?? Infinity,
    isAllowListed: true,
    serial: 0,
    now: options.now ?? (() => new Date()),
  };
}

/** The follower with this openid, who has done nothing yet if he is new. */
export function followerOf(account: Account, openid: string): Follower {
  const known = account.followers.get(openid);
  if (known !== undefined) return known;
  const right = createReplyRight(account.product);
  const follower = { right, follows: true, refuses: false };
  account.followers.set(openid, follower);
  return follower;
}
