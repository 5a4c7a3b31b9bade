import { createReplyRight } from '../../simulators/wechat/windows.js';
import { windowState } from '../../src/replies/reply-window.js';
import { connector } from './index.js';

const AT = Date.UTC(2026, 10, 20, 8, 15);
const { replyWindows } = connector.definition.policies;

test.each([
  ['a second before its end', 48 * 3_600_000 - 1_000, true],
  ['at its end', 48 * 3_600_000, true],
  ['a second after its end', 48 * 3_600_000 + 1_000, false],
])('%s of the window hub and platform agree', (_what, later, isOpen) => {
  const right = createReplyRight('miniProgram');
  right.grant('message', AT);
  const openings = { opened: { customerMessage: AT }, spent: [] };
  expect(windowState(replyWindows, openings, AT + later).open).toBe(isOpen);
  expect(right.spend(AT + later) === null).toBe(isOpen);
});

test('opening the session allows two messages within a minute, and adds none to the five of a message', () => {
  const right = createReplyRight('miniProgram');
  right.grant('enter', AT);
  expect([right.spend(AT), right.spend(AT + 60_000), right.spend(AT)]).toEqual([null, null, 45047]);
  expect(right.spend(AT + 60_001)).toBe(45015);
  right.grant('message', AT);
  right.grant('enter', AT);
  const answers = Array.from({ length: 8 }, () => right.spend(AT));
  expect(answers).toEqual([null, null, null, null, null, 45047, 45047, 45047]);
});

test('voice, video and documents are refused in both languages', () => {
  const attachment = {
    sha256: 'a'.repeat(64),
    name: 'call.mp3',
    type: 'audio/mpeg',
    size: 9,
    url: null,
  };
  const conversation = {
    key: 'o1',
    handle: 'o1',
    name: null,
    subject: null,
    ticket: 1,
    context: {},
  };
  const reply = { id: 'r', text: '', html: null, composedAt: AT, agent: null, conversation };
  const account = { id: 'm', settings: {}, credentials: {}, hookUrl: '', macKeys: [] };
  expect(connector.render({ ...reply, attachments: [attachment] }, account)).toEqual({
    kind: 'refused',
    cause: 'content',
    why: {
      en: 'WeChat takes pictures (JPEG, PNG, GIF, BMP) here, and “call.mp3” is none of these',
      zh: '微信此处仅支持图片（JPEG、PNG、GIF、BMP），“call.mp3”不在其中',
    },
  });
});
