import type { Rendered, Reply } from '../../src/sdk/index.js';
import { MAX_ANSWER } from './definition.js';

/** One part: the stored message is what the stream shows. */
export function render(reply: Reply): Rendered {
  const text = reply.text.trim();
  if (reply.attachments.length > 0) {
    return refuse(
      'The chat shows text only; put a link into the answer.',
      '聊天窗口仅支持文字，请在回复中附上链接。',
    );
  }
  if (text === '') return refuse('The answer is empty.', '回复内容为空。');
  if (text.length > MAX_ANSWER) {
    return refuse(
      `The answer is longer than ${MAX_ANSWER} characters.`,
      `回复超过 ${MAX_ANSWER} 个字符。`,
    );
  }
  return { kind: 'parts', parts: [{ payload: { text }, preview: text, attachments: [] }] };
}

function refuse(en: string, zh: string): Rendered {
  return { kind: 'refused', cause: 'content', why: { en, zh } };
}
