import fc from 'fast-check';
import { createEventReader } from './sse.js';

describe('an event stream', () => {
  test('gives complete events with their ids, and skips comments', () => {
    const reader = createEventReader();
    expect(
      reader.feed('retry: 2500\n\n: here\n\nid: 7\nevent: message\ndata: {"a":1}\n\n'),
    ).toEqual([{ id: '7', event: 'message', data: '{"a":1}' }]);
    expect(reader.retry).toBe(2_500);
    expect(reader.lastEventId).toBe('7');
  });

  test('keeps an event that is not complete yet', () => {
    const reader = createEventReader('3');
    expect(reader.feed('id: 4\ndata: half')).toEqual([]);
    expect(reader.feed(' of it\ndata: more\n')).toEqual([]);
    expect(reader.feed('\n')).toEqual([{ id: '4', event: 'message', data: 'half of it\nmore' }]);
  });

  test('reads the same however it is cut, with any line break', () => {
    const text = ['id: 1', 'data: 坏了', '', ': x', '', 'event: e', 'data', 'id: 2', '', ''];
    const whole = createEventReader().feed(text.join('\n'));
    expect(whole).toHaveLength(2);
    const lineBreak = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(lineBreak, fc.array(fc.nat(60), { maxLength: 6 }), (br, cuts) => {
        // One more character, so that a last carriage return is not half of a line break.
        const stream = `${text.join(br)}:`;
        const borders = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const reader = createEventReader();
        const events = borders
          .slice(1)
          .flatMap((end, i) => reader.feed(stream.slice(Math.min(borders[i] ?? 0, end), end)));
        expect(events).toEqual(whole);
      }),
    );
  });
});
