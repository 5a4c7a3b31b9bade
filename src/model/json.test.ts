import { readJson } from './json.js';

const valueOf = (text: string) => {
  const read = readJson(Buffer.from(text));
  return read.ok ? read : read.why;
};

describe('JSON from outside', () => {
  test('keeps integers beyond 2^53 as strings, digit for digit, and others as numbers', () => {
    expect(valueOf('{"id":24000000000000001,"at":[1795133700,-9007199254740993]}')).toMatchObject({
      value: { id: '24000000000000001', at: [1_795_133_700, '-9007199254740993'] },
    });
  });

  test('leaves `__proto__` out, however it is spelled', () => {
    const read = valueOf('{"__proto__":{"a":1},"\\u005f_proto__":{"a":2},"b":{"__proto__":3}}');
    expect(read).toMatchObject({ value: { b: {} } });
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });

  test('replaces U+0000 and lone surrogates in values and in names, and says so', () => {
    expect(valueOf('{"a":"x\\u0000","b":["\\ud83d"]}')).toEqual({
      ok: true,
      value: { a: 'x\uFFFD', b: ['\uFFFD'] },
      replaced: true,
    });
    expect(valueOf('{"a\\u0000":1,"b":{"\\udc00":"c"}}')).toEqual({
      ok: true,
      value: { 'a\uFFFD': 1, b: { '\uFFFD': 'c' } },
      replaced: true,
    });
  });

  test('says why it is unreadable without repeating it', () => {
    expect(valueOf('')).toBe('the body is empty, JSON was expected');
    expect(valueOf('{"secret":"canary-1f2e", oops}')).toEqual(
      expect.not.stringContaining('canary-1f2e'),
    );
    expect(valueOf('['.repeat(10_000))).toBe('JSON is nested deeper than 64 levels');
  });
});
