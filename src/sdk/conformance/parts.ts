import { isDeepStrictEqual } from 'node:util';
import type { Part, Reply } from '../../model/reply.js';
import type { Content, Grade, Limit } from '../definition.js';
import type { Rendered } from '../treaty.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { FILE_CONTENTS, attachmentOf, partsOf, renderOf, replyOf } from './replies.js';

const gradeOf = ({ connector }: Bench, content: Content): Grade =>
  connector.definition.capabilities.outbound[content];

const TEXT_REFUSED = say('it sends no free text', '不能发送自由文本');
const sendsText = (bench: Bench) => (gradeOf(bench, 'text') === 'rejected' ? TEXT_REFUSED : null);

const NO_TEXT_LIMIT = say('the platform limits no text', '平台不限制文本长度');
const textLimits = ({ connector }: Bench): readonly Limit[] =>
  connector.definition.limits.filter(({ what }) => what === 'text');
const limitsText = (bench: Bench) =>
  sendsText(bench) ?? (textLimits(bench).length === 0 ? NO_TEXT_LIMIT : null);

/** How much of a limit a part uses. */
function used(bench: Bench, part: Part, limit: Limit): number {
  const measured = bench.subject.measure?.(part, limit);
  if (measured !== undefined) return measured;
  return limit.unit === 'bytes' ? Buffer.byteLength(part.preview) : [...part.preview].length;
}

/** Long texts of different make: words, Chinese without a space, emoji of two units, one long word. */
function longTexts(length: number): readonly (readonly [what: string, text: string])[] {
  const filled = (unit: string) => unit.repeat(Math.ceil(length / [...unit].length));
  return [
    ['words', filled('Your parcel number twelve is on its way. ')],
    ['Chinese', filled('您的包裹已经重新寄出，请注意查收。')],
    ['emoji', filled('👍🏽🎁')],
    ['one word', filled('x')],
    ['lines', filled('line\n')],
  ];
}

const withoutSpace = (text: string) => text.replace(/\s+/gu, '');

function eachLongText(
  bench: Bench,
  judge: (rendered: Rendered, limit: Limit, text: string) => readonly string[],
): Faults {
  return textLimits(bench).flatMap((limit) =>
    [limit.max - 1, limit.max, limit.max + 1, limit.max * 3 + 7].flatMap((length) =>
      longTexts(length).flatMap(([what, text]) => {
        const rendered = renderOf(bench, replyOf(bench, text));
        const faults = judge(rendered, limit, text);
        return faults.map((fault) => `${String(length)} of ${what}: ${fault}`);
      }),
    ),
  );
}

function withinLimits(bench: Bench): Faults {
  return eachLongText(bench, (rendered, limit) => {
    const over = partsOf(rendered).filter((part) => used(bench, part, limit) > limit.max);
    return over.map((part) => `a part uses ${String(used(bench, part, limit))} ${limit.unit}`);
  });
}

/** What happens beyond the limit is what the definition says happens. */
function beyondAsDeclared(bench: Bench): Faults {
  return eachLongText(bench, (rendered, limit, text) => {
    const parts = partsOf(rendered);
    if (rendered.kind === 'refused') {
      const long = [...text].length > limit.max || Buffer.byteLength(text) > limit.max;
      return limit.beyond === 'reject' && long ? [] : ['refused, and had to be sent'];
    }
    if (limit.beyond !== 'split') return [];
    const whole = withoutSpace(text);
    const told = withoutSpace(parts.map(({ preview }) => preview).join(''));
    return containsInOrder(told, whole) ? [] : ['some of the text is in no part'];
  });
}

/** Parts may add a count or a signature; nothing may be missing. */
function containsInOrder(told: string, whole: string): boolean {
  let at = 0;
  for (const character of told) {
    if (at < whole.length && whole.startsWith(character, at)) at += character.length;
  }
  return at === whole.length;
}

function wholeCharacters(bench: Bench): Faults {
  const faults = eachLongText(bench, (rendered) => {
    const torn = partsOf(rendered).filter(
      (part) => !part.preview.isWellFormed() || /\\ud[89a-f]/i.test(JSON.stringify(part.payload)),
    );
    return torn.length > 0 ? ['a character was cut in two'] : [];
  });
  return faults;
}

/** Replies of every make the core can hand in. */
function everyReply(bench: Bench): readonly (readonly [what: string, reply: Reply])[] {
  const files = FILE_CONTENTS.map((content) => attachmentOf(content));
  return [
    ['a short text', replyOf(bench, 'Thank you.')],
    ['a long text', replyOf(bench, 'word '.repeat(2_000))],
    ['HTML', replyOf(bench, 'Thank you.', { html: '<p>Thank <b>you</b>.</p>' })],
    ['no agent', replyOf(bench, 'Thank you.', { agent: null })],
    ['four files', replyOf(bench, 'See these.', { attachments: files })],
    ['a file alone', replyOf(bench, '', { attachments: files.slice(0, 1) })],
    ['nothing', replyOf(bench, '')],
    ['hostile text', replyOf(bench, 'a\r\nBcc: x@example.com\r\n\r\n\u0000\ud83d \u2028 <script>')],
    ['a bare conversation', bareReply(bench)],
    ['a hostile conversation', hostileReply(bench)],
  ];
}

function bareReply(bench: Bench): Reply {
  const { conversation } = bench.subject;
  const bare = { ...conversation, name: null, subject: null, context: {} };
  return replyOf(bench, 'Thank you.', { conversation: bare });
}

/** A customer's own words come back as name, subject and context. */
function hostileReply(bench: Bench): Reply {
  const evil = 'x\r\nBcc: y@example.com\r\n\u0000\ud83d';
  const { conversation } = bench.subject;
  const names = [...Object.keys(conversation.context), '__proto__', 'constructor'];
  const context = Object.fromEntries(names.map((name) => [name, evil]));
  return replyOf(bench, 'Thank you.', {
    conversation: { ...conversation, name: evil, subject: evil, context },
  });
}

function neverThrows(bench: Bench): Faults {
  return everyReply(bench).flatMap(([what, reply]) => {
    try {
      const rendered = renderOf(bench, reply);
      return rendered.kind === 'parts' && rendered.parts.length === 0
        ? [`${what}: neither a part nor a refusal`]
        : [];
    } catch (error) {
      return [`${what}: render threw: ${String(error).slice(0, 200)}`];
    }
  });
}

function isDeterministic(bench: Bench): Faults {
  return everyReply(bench).flatMap(([what, reply]) => {
    const first = renderOf(bench, reply);
    const second = renderOf(bench, { ...reply }, { ...bench.subject.account });
    // As they are stored: a structured clone may have other prototypes, which no row ever sees.
    const same = JSON.stringify(first) === JSON.stringify(second);
    return same ? [] : [`${what}: renders differently twice`];
  });
}

/** Parts are stored between rendering and sending, perhaps for hours and by another process. */
function isJson(bench: Bench): Faults {
  return everyReply(bench).flatMap(([what, reply]) =>
    partsOf(renderOf(bench, reply)).flatMap((part) => {
      const stored = JSON.stringify(part.payload) as string | undefined;
      const same = stored !== undefined && isDeepStrictEqual(JSON.parse(stored), part.payload);
      return same ? [] : [`${what}: the payload does not survive JSON`];
    }),
  );
}

function refusalsAreTold(bench: Bench): Faults {
  return everyReply(bench).flatMap(([what, reply]) => {
    const rendered = renderOf(bench, reply);
    if (rendered.kind !== 'refused') return [];
    const told = rendered.why.en !== '' && rendered.why.zh !== '';
    return told ? [] : [`${what}: refused without saying why in both languages`];
  });
}

function shortTextIsOnePart(bench: Bench): Faults {
  const rendered = renderOf(bench, replyOf(bench, 'Thank you.'));
  const count = partsOf(rendered).length;
  return count === 1 ? [] : [`"Thank you." became ${String(count)} parts`];
}

function previewsShowText(bench: Bench): Faults {
  const parts = partsOf(renderOf(bench, replyOf(bench, 'Thank you.')));
  const shown = parts.some(({ preview }) => preview.includes('Thank you.'));
  return shown ? [] : ['the preview does not show what is sent'];
}

const sends = (wanted: (grade: Grade) => boolean) => (bench: Bench) =>
  FILE_CONTENTS.filter((content) => wanted(gradeOf(bench, content)));
const rejectedFiles = sends((grade) => grade === 'rejected');
const sentFiles = sends((grade) => grade === 'native' || grade === 'converted');
const droppedFiles = sends((grade) => grade === 'dropped');

function rendersFile(bench: Bench, content: (typeof FILE_CONTENTS)[number]): Rendered {
  return renderOf(bench, replyOf(bench, 'See this.', { attachments: [attachmentOf(content)] }));
}

function refusesRejected(bench: Bench): Faults {
  const files = rejectedFiles(bench)
    .filter((content) => rendersFile(bench, content).kind !== 'refused')
    .map((content) => `${content} is declared rejected and was not refused`);
  const text = gradeOf(bench, 'text') === 'rejected';
  const taken = text && renderOf(bench, replyOf(bench, 'Thank you.')).kind === 'parts';
  return taken ? [...files, 'text is declared rejected and was not refused'] : files;
}

function sendsDeclared(bench: Bench): Faults {
  return sentFiles(bench).flatMap((content) => {
    const parts = partsOf(rendersFile(bench, content));
    const carries = parts.some((part) => part.attachments.length > 0);
    return carries ? [] : [`${content} is declared sendable and is in no part`];
  });
}

function dropsDeclared(bench: Bench): Faults {
  return droppedFiles(bench).flatMap((content) => {
    const parts = partsOf(rendersFile(bench, content));
    const carries = parts.some((part) => part.attachments.length > 0);
    return parts.length > 0 && !carries ? [] : [`${content} is declared dropped and was not`];
  });
}

const sendsFiles = (bench: Bench) =>
  sentFiles(bench).length > 0 ? null : say('it sends no files', '不发送文件');

const FILE_LIMITS = ['attachment', 'attachments'] as const;
const fileLimits = ({ connector }: Bench): readonly Limit[] =>
  connector.definition.limits.filter(({ what }) => FILE_LIMITS.some((it) => it === what));

/** Just within a limit of files it leaves; just beyond, nothing goes that the platform would not take. */
function keepsFileLimits(bench: Bench): Faults {
  const [content] = sentFiles(bench);
  if (content === undefined) return [];
  return fileLimits(bench).flatMap((limit) => {
    const within = rendersFiles(bench, content, limit, limit.max);
    const beyond = rendersFiles(bench, content, limit, limit.max + 1);
    const over = partsOf(beyond).some((part) => usesOf(part, limit) > limit.max);
    return [
      ...(within.kind === 'parts' ? [] : [`${limit.what} at the limit: refused`]),
      ...(limit.beyond !== 'reject' || beyond.kind === 'refused'
        ? []
        : [`${limit.what} beyond the limit: sent, and had to be refused`]),
      ...(over
        ? [`${limit.what} beyond the limit: a part holds more than the platform takes`]
        : []),
    ];
  });
}

function rendersFiles(
  bench: Bench,
  content: (typeof FILE_CONTENTS)[number],
  { what }: Limit,
  amount: number,
): Rendered {
  const file = attachmentOf(content);
  const attachments =
    what === 'attachments'
      ? Array.from({ length: amount }, (_unused, index) => ({
          ...file,
          name: `${String(index)}-${file.name}`,
        }))
      : [{ ...file, size: amount }];
  return renderOf(bench, replyOf(bench, 'See these.', { attachments }));
}

const usesOf = (part: Part, { what }: Limit): number =>
  what === 'attachments'
    ? part.attachments.length
    : Math.max(0, ...part.attachments.map(({ size }) => size));

const NO_FILE_LIMIT = say('the platform limits no files', '平台不限制文件');
const limitsFiles = (bench: Bench) =>
  sendsFiles(bench) ?? (fileLimits(bench).length > 0 ? null : NO_FILE_LIMIT);

const rejectsSomething = (bench: Bench) =>
  rejectedFiles(bench).length > 0 || gradeOf(bench, 'text') === 'rejected'
    ? null
    : say('it declares nothing as rejected', '未声明任何拒绝的内容');
const dropsFiles = (bench: Bench) =>
  droppedFiles(bench).length > 0 ? null : say('it drops no files', '不丢弃文件');

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: Check['run'],
  inapplicable?: Check['inapplicable'],
): Check {
  const base: Check = { id: `parts.${name}`, group: 'parts', title: say(en, zh), run };
  return inapplicable === undefined ? base : { ...base, inapplicable };
}

export const partChecks: readonly Check[] = [
  check('short', ['a short answer is one part', '短回复为一个部分'], shortTextIsOnePart, sendsText),
  check(
    'preview',
    ['the preview shows what is sent', '预览显示发送内容'],
    previewsShowText,
    sendsText,
  ),
  check('limits', ['every part keeps the limits', '每个部分不超限'], withinLimits, limitsText),
  check(
    'beyond',
    ['beyond a limit happens what is declared, and nothing is lost', '超限时按声明处理且不丢失'],
    beyondAsDeclared,
    limitsText,
  ),
  check('characters', ['no character is cut in two', '不切断字符'], wholeCharacters, limitsText),
  check('hostile', ['render never throws', '渲染不抛错'], neverThrows),
  check(
    'deterministic',
    ['the same answer gives the same parts', '同一回复产生相同部分'],
    isDeterministic,
  ),
  check('json', ['a part survives storage', '部分可存储'], isJson),
  check('refusals', ['a refusal is told in both languages', '拒绝说明含双语'], refusalsAreTold),
  check(
    'rejected',
    ['what is declared rejected is refused', '声明拒绝的内容被拒绝'],
    refusesRejected,
    rejectsSomething,
  ),
  check(
    'sendable',
    ['what is declared sendable is sent', '声明可发送的内容被发送'],
    sendsDeclared,
    sendsFiles,
  ),
  check('file-limits', ['files keep the limits', '文件不超限'], keepsFileLimits, limitsFiles),
  check(
    'dropped',
    ['what is declared dropped is left out', '声明丢弃的内容被省略'],
    dropsDeclared,
    dropsFiles,
  ),
];
