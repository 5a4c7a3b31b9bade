import { createHmac } from 'node:crypto';

/**
 * The `X-Twilio-Signature` of a form POST: HMAC-SHA1 with the Auth Token, in base64, over the full URL as Twilio
 * was told it, followed by each parameter's name and value without separators, sorted by name; the distinct
 * values of a repeated name are sorted too.
 *
 * Source: twilio.com/docs/usage/webhooks/webhooks-security; repeated names as in Twilio's own helper libraries.
 */
export function signForm(authToken: string, url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  const parts = names.flatMap((name) =>
    [...new Set(form.getAll(name))].sort().map((value) => name + value),
  );
  return createHmac('sha1', authToken)
    .update(url + parts.join(''), 'utf8')
    .digest('base64');
}
