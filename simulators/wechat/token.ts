import { randomBytes } from 'node:crypto';
import { jsonAnswer, type HttpAnswer } from '../http/answer.js';
import type { Account } from './account.js';
import { wechatError, type WechatErrorCode } from './errors.js';

/** WeChat renews a token five minutes before its end; both hold meanwhile. */
const EARLY_MS = 300_000;

/** Tells the books about a token that was handed out. */
export type TokenObserver = (token: { readonly isNew: boolean; readonly forced: boolean }) => void;

/** `POST /cgi-bin/stable_token`: the same token to all who ask, until it nears its end or is forced. */
export function handOutToken(
  account: Account,
  asked: Readonly<Record<string, unknown>>,
  observe: TokenObserver,
): HttpAnswer {
  if (asked['appid'] !== account.appId) return wechatError(40013);
  if (asked['secret'] !== account.appSecret) return wechatError(40125);
  if (!account.isAllowListed) return wechatError(40164);
  const now = account.now().getTime();
  const forced = asked['force_refresh'] === true;
  const early = Math.min(EARLY_MS, account.tokenLifetimeMs / 2);
  const current = [...account.accessTokens].find(([, until]) => until - early > now);
  const isNew = forced || current === undefined;
  if (forced) account.accessTokens.clear();
  const [value, until] = isNew ? issue(account, now) : current;
  observe({ isNew, forced });
  return jsonAnswer(200, { access_token: value, expires_in: Math.floor((until - now) / 1_000) });
}

function issue(account: Account, now: number): readonly [string, number] {
  const value = randomBytes(48).toString('base64url');
  const until = now + account.tokenLifetimeMs;
  account.accessTokens.set(value, until);
  return [value, until];
}

/** Why a call with this token is refused; null: it holds. */
export function refuseToken(account: Account, value: string | null): WechatErrorCode | null {
  if (value === null || value === '') return 41001;
  const until = account.accessTokens.get(value);
  if (until === undefined) return 40001;
  return until > account.now().getTime() ? null : 42001;
}
