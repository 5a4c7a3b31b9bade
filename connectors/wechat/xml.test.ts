import { growth } from '../../test/effort.js';
import { readXml } from './xml.js';

const valueOf = (text: string): unknown => {
  const read = readXml(text);
  return read.ok ? read.value : read.why;
};

describe('XML', () => {
  test('is text, records, and lists where a name comes again', () => {
    const text = '<xml><a>1</a><b><c>x</c><c>y</c></b><d/><e></e></xml>';
    expect(valueOf(text)).toEqual({ a: '1', b: { c: ['x', 'y'] }, d: '', e: '' });
  });

  test('keeps a number of 64 bits digit for digit', () => {
    expect(valueOf('<xml><MsgId>24000000000000001</MsgId></xml>')).toEqual({
      MsgId: '24000000000000001',
    });
  });

  test('reads CDATA as it stands, also where it was cut to hold its own end', () => {
    const text = '<xml><t><![CDATA[a<b>&amp;]]]]><![CDATA[>c]]></t></xml>';
    expect(valueOf(text)).toEqual({ t: 'a<b>&amp;]]>c' });
  });

  test('knows the five entities and character references, and leaves others as they are', () => {
    const text = '<xml><t>&lt;&gt;&amp;&quot;&apos;&#27700;&#x58f6; &who; &#0;</t></xml>';
    expect(valueOf(text)).toEqual({ t: '<>&"\'水壶 &who; &#0;' });
  });

  test('passes over a declaration, comments, attributes and space between elements', () => {
    const text = '\uFEFF<?xml version="1.0"?>\n<xml v="1">\n <!-- x --> <a id="2">b</a>\n</xml>\n';
    expect(valueOf(text)).toEqual({ a: 'b' });
  });

  test('keeps loose text beside elements', () => {
    expect(valueOf('<xml>loose<a>b</a></xml>')).toEqual({ a: 'b', '#text': 'loose' });
  });

  test('has no way to the prototype', () => {
    expect(valueOf('<xml><__proto__><polluted>1</polluted></__proto__><a>b</a></xml>')).toEqual({
      a: 'b',
    });
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    ['<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>', 'the XML has a DOCTYPE, which is refused'],
    ['<xml><a></xml>', 'the XML closes an element that is not open'],
    ['</xml>', 'the XML closes an element that is not open'],
    ['<xml><a>', 'the XML ends before its root element does'],
    ['<xml><![CDATA[a</xml>', 'the XML ends before a ]]>'],
    ['<xml', 'the XML ends before a >'],
    ['<xml></xml><xml></xml>', 'the XML has more than one root element'],
    ['<xml></xml>text', 'there is text outside the XML’s root element'],
    ['< xml></xml>', 'the XML has an element without a proper name'],
    ['<a>'.repeat(40), 'the XML is nested too deep'],
    [`<xml>${'<a/>'.repeat(6_000)}</xml>`, 'the XML has too many elements'],
    ['', 'the XML ends before its root element does'],
  ])('%# of what it is not is refused with the reason', (text, why) => {
    expect(valueOf(text)).toBe(why);
  });

  test('costs four times as much when it is four times as long', () => {
    const read = (times: number) => readXml(`<xml><t>${'a&amp;b '.repeat(times)}</t></xml>`);
    expect(growth(20_000, read)).toMatchObject({ linear: true });
  });
});
