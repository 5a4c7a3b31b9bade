import type { ReadTree, Tree } from './tree.js';

/** WeChat's own pushes nest five deep at most and hold some dozens of elements. */
const LIMITS = { depth: 32, elements: 5_000, name: 200 } as const;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** An element that is open. */
interface Open {
  readonly name: string;
  text: string;
  readonly children: [name: string, value: Tree][];
}

/**
 * The part of XML that WeChat sends: elements, text, CDATA, the five entities and character references.
 * A DOCTYPE, and with it every entity of the sender's own, is refused; attributes and comments say nothing
 * and are passed over. One pass without backtracking; depth and count are bounded. Never throws.
 */
export function readXml(text: string): ReadTree {
  const reader = new Reader(text);
  while (reader.why === null && !reader.isDone) reader.step();
  if (reader.why !== null) return { ok: false, why: reader.why };
  return reader.root === null
    ? { ok: false, why: 'the XML ends before its root element does' }
    : { ok: true, value: reader.root };
}

class Reader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;
  #elements = 0;
  root: Tree | null = null;
  why: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  get isDone(): boolean {
    return this.#at >= this.#text.length;
  }

  step(): void {
    const next = this.#text.indexOf('<', this.#at);
    const end = next < 0 ? this.#text.length : next;
    if (end > this.#at) this.#take(unescaped(this.#text.slice(this.#at, end)));
    this.#at = end;
    if (next >= 0 && this.why === null) this.#markup();
  }

  #markup(): void {
    if (this.#starts('<![CDATA[')) {
      const content = this.#upTo(']]>', 9);
      if (content !== null) this.#take(content);
    } else if (this.#starts('<!--')) this.#upTo('-->', 4);
    else if (this.#starts('<?')) this.#upTo('?>', 2);
    else if (this.#starts('<!')) this.why = 'the XML has a DOCTYPE, which is refused';
    else this.#tag();
  }

  #tag(): void {
    const inside = this.#upTo('>', 1);
    if (inside === null) return;
    if (inside.startsWith('/')) return this.#close(inside.slice(1).trimEnd());
    const isEmpty = inside.endsWith('/');
    const [name = ''] = (isEmpty ? inside.slice(0, -1) : inside).split(/\s/, 1);
    if (name === '' || name.length > LIMITS.name || /[<>&'"=/]/.test(name)) {
      this.why = 'the XML has an element without a proper name';
      return;
    }
    this.#enter(name);
    if (isEmpty && this.why === null) this.#close(name);
  }

  #enter(name: string): void {
    this.#elements += 1;
    if (this.root !== null) this.why = 'the XML has more than one root element';
    else if (this.#open.length >= LIMITS.depth) this.why = 'the XML is nested too deep';
    else if (this.#elements > LIMITS.elements) this.why = 'the XML has too many elements';
    else this.#open.push({ name, text: '', children: [] });
  }

  #close(name: string): void {
    const element = this.#open.pop();
    if (element?.name !== name) {
      this.why = 'the XML closes an element that is not open';
      return;
    }
    const parent = this.#open.at(-1);
    if (parent === undefined) this.root = valueOf(element);
    else parent.children.push([name, valueOf(element)]);
  }

  #take(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
    else if (text.replace('\uFEFF', '').trim() !== '') {
      this.why = 'there is text outside the XML’s root element';
    }
  }

  #starts(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at);
  }

  /** What stands between a beginning of that length and the end mark; moves behind it. */
  #upTo(mark: string, skip: number): string | null {
    const start = this.#at + skip;
    const end = this.#text.indexOf(mark, start);
    if (end < 0) {
      this.why = `the XML ends before a ${mark}`;
      return null;
    }
    this.#at = end + mark.length;
    return this.#text.slice(start, end);
  }
}

/** Text alone is a string; elements are a record, a name that comes again a list. */
function valueOf({ text, children }: Open): Tree {
  if (children.length === 0) return text;
  const lists = new Map<string, Tree[]>();
  for (const [name, value] of children) {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  lists.delete('__proto__');
  const loose = text.trim();
  if (loose !== '') lists.set('#text', [loose]);
  return Object.fromEntries(
    [...lists].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

/** An entity that is none of the five stays as it is written. */
function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
