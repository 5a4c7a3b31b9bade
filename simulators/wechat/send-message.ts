import type { Account } from './account.js';
import type { ChatMessage } from './entries.js';
import type { WechatErrorCode } from './errors.js';

const MAX_TEXT_BYTES = 2_048;

/** Kinds of message that each product takes, of those this simulator knows. */
const KINDS: Readonly<Record<Account['product'], readonly string[]>> = {
  officialAccount: ['text', 'image', 'voice', 'video'],
  miniProgram: ['text', 'image'],
};

/** Checks `POST message/custom/send` in WeChat's order and takes the message, or names the error. */
export function judgeMessage(
  account: Account,
  message: Readonly<Record<string, unknown>>,
): ChatMessage | WechatErrorCode {
  const { touser, msgtype } = message;
  const openid = typeof touser === 'string' ? touser : '';
  const follower = account.followers.get(openid);
  if (follower === undefined) return 40003;
  if (!follower.follows) return 43004;
  if (follower.refuses) return 48002;
  const read = contentOf(account, String(msgtype), message);
  if (typeof read === 'number') return read;
  if (account.dailyQuota <= 0) return 45009;
  const refused = follower.right.spend(account.now().getTime());
  if (refused !== null) return refused;
  account.dailyQuota -= 1;
  return { openid, type: String(msgtype), ...read };
}

type Content = Pick<ChatMessage, 'text' | 'file'>;

function contentOf(
  account: Account,
  type: string,
  message: Readonly<Record<string, unknown>>,
): Content | WechatErrorCode {
  if (!KINDS[account.product].includes(type)) return 40008;
  const inside = (message[type] ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'text') {
    const media = account.media.get(String(inside['media_id']));
    return media === undefined ? 40007 : { text: '', file: media.body };
  }
  const text = typeof inside['content'] === 'string' ? inside['content'] : '';
  if (text === '') return 44004;
  return Buffer.byteLength(text) > MAX_TEXT_BYTES ? 45002 : { text, file: null };
}
