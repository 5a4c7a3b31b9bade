import type { Courier, DeliveryReport } from '../http/courier.js';
import type { Ledger } from '../ledger.js';
import { followerOf, type Account, type StoredMedia } from './account.js';
import { keep } from './api.js';
import type { ChatMessage, PushFields, WechatDelivery, WechatEntry } from './entries.js';
import { wireOf } from './push.js';
import type { Trigger } from './windows.js';

/** What something a customer did led to. */
export interface PushReport extends DeliveryReport {
  readonly fields: PushFields;
}

/** Somebody with WeChat on the phone. */
export interface Customer {
  text(words: string): Promise<PushReport>;
  picture(file: StoredMedia): Promise<PushReport>;
  /** `recognition`: what WeChat understood of it, where that is switched on. */
  voice(file: StoredMedia, recognition?: string): Promise<PushReport>;
  video(file: StoredMedia): Promise<PushReport>;
  /** Any other message: its `MsgType` and what belongs to it. */
  message(fields: PushFields): Promise<PushReport>;
  follow(): Promise<PushReport>;
  unfollow(): Promise<PushReport>;
  click(key: string): Promise<PushReport>;
  /** Opens the customer-service session of a mini program. */
  enter(from: string): Promise<PushReport>;
  /** Refuses messages of the account from now on. */
  refuse(): void;
  /** What came to the chat so far. */
  readonly inbox: readonly ChatMessage[];
}

/** WeChat's side of the street, as a customer finds it. */
export interface Desk {
  readonly account: Account;
  readonly courier: Courier<WechatDelivery>;
  readonly ledger: Ledger<WechatEntry>;
  readonly route: (publicUrl: string) => string;
  /** Null while no hook is set: pushes go nowhere. */
  hookUrl: string | null;
}

/** The customer with this openid. */
export function customerOf(desk: Desk, openid: string): Customer {
  const { account } = desk;
  const write = (fields: PushFields): Promise<PushReport> =>
    does(desk, openid, { trigger: 'message', fields: { ...fields, MsgId: nextId(account) } });
  const event = (trigger: Trigger | null, name: string, more: PushFields = {}) =>
    does(desk, openid, { trigger, fields: { MsgType: 'event', Event: name, ...more } });
  const media = (file: StoredMedia): PushFields => ({ MediaId: keep(account, file) });
  return {
    text: (words) => write({ MsgType: 'text', Content: words }),
    picture: (file) =>
      write({ MsgType: 'image', PicUrl: 'http://pictures.invalid/1', ...media(file) }),
    voice: (file, recognition) =>
      write({
        MsgType: 'voice',
        ...media(file),
        Format: 'amr',
        ...(recognition === undefined ? {} : { Recognition: recognition }),
      }),
    video: (file) => write({ MsgType: 'video', ...media(file), ThumbMediaId: 'thumb' }),
    message: write,
    follow() {
      followerOf(account, openid).follows = true;
      return event('follow', 'subscribe', { EventKey: '' });
    },
    unfollow() {
      followerOf(account, openid).follows = false;
      return event(null, 'unsubscribe', { EventKey: '' });
    },
    click: (key) => event('menuClick', 'CLICK', { EventKey: key }),
    enter: (from) => event('enter', 'user_enter_tempsession', { SessionFrom: from }),
    refuse: () => void (followerOf(account, openid).refuses = true),
    get inbox() {
      return desk.ledger.entries.flatMap((entry) =>
        entry.kind === 'taken' && entry.message.openid === openid ? [entry.message] : [],
      );
    },
  };
}

/** 64 bits, beyond what a double can hold. */
function nextId(account: Account): string {
  account.serial += 1;
  return String(24_000_000_000_000_000n + BigInt(account.serial * 2 - 1));
}

async function does(
  desk: Desk,
  openid: string,
  done: { readonly trigger: Trigger | null; readonly fields: PushFields },
): Promise<PushReport> {
  const { account, courier, ledger, route, hookUrl } = desk;
  const at = account.now().getTime();
  const follower = followerOf(account, openid);
  if (done.trigger !== null) follower.right.grant(done.trigger, at);
  const fields: PushFields = {
    ToUserName: account.originalId,
    FromUserName: openid,
    CreateTime: Math.floor(at / 1_000),
    ...done.fields,
  };
  if (hookUrl === null) return { fields, attempts: [], acknowledged: false };
  const wire = wireOf(account, route(hookUrl), fields);
  const report = await courier.carry({ openid, fields }, wire);
  if (!report.acknowledged) ledger.record({ kind: 'apology', openid });
  return { ...report, fields };
}
