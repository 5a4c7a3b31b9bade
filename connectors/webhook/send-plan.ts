import { compileSelector } from '../../src/sdk/index.js';
import type { Account, Selector } from '../../src/sdk/index.js';
import { prepare, selectorOf } from './prepared.js';
import type { Prepared } from './prepared.js';
import type { Meaning } from './settings-send.js';
import { readSigningKey } from './standard-webhooks.js';
import type { StandardKey } from './standard-webhooks.js';
import { compileJson, compileText } from './template.js';
import type { JsonTemplate, TextTemplate } from './template.js';

/** One line of the connection's error table. */
export interface ErrorLine {
  readonly when: Selector;
  readonly means: Meaning;
  readonly why: string;
  readonly retryAfter: Selector | null;
}

/** What sending needs, compiled from the settings. */
export interface SendPlan {
  readonly prepared: Prepared;
  readonly url: TextTemplate;
  readonly headers: readonly (readonly [string, TextTemplate])[];
  readonly body: JsonTemplate;
  /** Whether the template itself says where attachments go. */
  readonly namesAttachments: boolean;
  readonly externalId: Selector | null;
  readonly errors: readonly ErrorLine[];
  readonly signingKey: StandardKey | null;
}

export type Planned =
  | { readonly ok: true; readonly plan: SendPlan }
  | { readonly ok: false; readonly setting: string; readonly why: string };

/** Compiled for every reply: some microseconds beside a network call. */
export function planSend(account: Account): Planned {
  const preparation = prepare(account);
  if (!preparation.ok) return preparation;
  const { prepared } = preparation;
  const { settings, credentials } = prepared;
  if (settings.sendUrl === undefined) return wrong('sendUrl', 'no URL is set to send answers to');
  const url = compileText(settings.sendUrl);
  const body = compileJson(settings.sendBody);
  if (!url.ok) return wrong('sendUrl', url.why);
  if (!body.ok) return wrong('sendBody', body.why);
  const signing =
    credentials.sendSecret === undefined ? null : readSigningKey(credentials.sendSecret);
  if (signing?.ok === false) return wrong('sendSecret', signing.why);
  return {
    ok: true,
    plan: {
      prepared,
      url: url.template,
      headers: headersOf(settings.sendHeaders),
      body: body.template,
      namesAttachments: JSON.stringify(settings.sendBody).includes('attachments'),
      externalId: selectorOf(settings.externalId),
      errors: settings.errors.flatMap(errorLine),
      signingKey: signing?.key ?? null,
    },
  };
}

function wrong(setting: string, why: string): Planned {
  return { ok: false, setting, why };
}

function headersOf(
  headers: Readonly<Record<string, string>>,
): readonly (readonly [string, TextTemplate])[] {
  return Object.entries(headers).flatMap(([name, text]) => {
    const read = compileText(text);
    return read.ok ? [[name.toLowerCase(), read.template] as const] : [];
  });
}

function errorLine(rule: Prepared['settings']['errors'][number]): readonly ErrorLine[] {
  const when = compileSelector(rule.when);
  if (!when.ok) return [];
  const { means, why = '' } = rule;
  return [{ when: when.selector, means, why, retryAfter: selectorOf(rule.retryAfter) }];
}
