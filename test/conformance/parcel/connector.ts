import type { Connector, Part, Rendered, Reply } from '../../../src/sdk/index.js';
import { decode } from './decode.js';
import { MAX_TEXT, definition } from './definition.js';
import { open } from './live.js';
import { verify } from './verify.js';

export const connector: Connector = { definition, verify, decode, render, open };

export function render(reply: Reply): Rendered {
  const text = reply.text.toWellFormed().replaceAll('\u0000', '\uFFFD').trim();
  if (text === '' || reply.attachments.length > 0) {
    return {
      kind: 'refused',
      cause: 'content',
      why: { en: 'The desk takes text only.', zh: '服务台只接受文字。' },
    };
  }
  const characters = [...text];
  const parts: Part[] = [];
  for (let at = 0; at < characters.length; at += MAX_TEXT) {
    const piece = characters.slice(at, at + MAX_TEXT).join('');
    const payload = { to: reply.conversation.handle, text: piece };
    parts.push({ payload, preview: piece, attachments: [] });
  }
  return { kind: 'parts', parts };
}
