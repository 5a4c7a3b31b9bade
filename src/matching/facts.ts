import type { Identity } from '../model/identity.js';
import { isOneSlip } from './distance.js';
import { even, fold, hash32, mix32 } from './fold.js';
import { AGAIN, ANOTHER, NUDGE, SETTLED } from './lexicon/words.js';
import { nameOf, namesIn, type NameFound } from './names.js';
import { numbersOf } from './numbers.js';
import type { MatchingRules } from './rules.js';
import { written } from './spoken.js';
import {
  ascending,
  goodsIn,
  gramsOf,
  pleasantIn,
  problemsIn,
  union,
  withoutTalk,
} from './terms.js';
import { channelsTold, daysAgoIn, daysIn, emailsIn, modelsIn } from './wording.js';

/** One message as matching sees it. */
export interface Said {
  readonly text: string;
  readonly subject: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly name: string | null;
  /** Addresses of the sender. */
  readonly identities: readonly Identity[];
  /** SHA-256 of the attachments, as far as they are known yet. */
  readonly photos: readonly string[];
  readonly at: number;
  readonly channel: string;
  readonly connection: string;
  readonly visibility: 'private' | 'public';
  readonly locale: string | null;
}

export type Script = 'latin' | 'chinese' | 'mixed' | 'none';

export interface Reference {
  /** Letters and digits only, lower case. */
  readonly n: string;
  readonly kind: 'order' | 'tracking' | 'number';
  /** Came in a structured field: its shape teaches what order numbers look like here. */
  readonly field: boolean;
  /** Somebody else's, told as an example. */
  readonly quoted: boolean;
}

/** One message's wording, comparable without its text. */
export interface Wording {
  /** Hash of the letters alone; equal for equal texts whatever their numbers and marks. */
  readonly hash: number;
  /** How many features the text has. */
  readonly size: number;
  /** Bottom-k sketch of the features (Broder 1997: a uniform sample that two texts draw alike), sorted. */
  readonly sketch: readonly number[];
}

/** What was said, as plain JSON, bounded in size whatever the text. */
export interface Facts {
  readonly refs: readonly Reference[];
  /** Last digits of a number, given instead of the number. */
  readonly tails: readonly string[];
  /** Digits of phones: of the sender's address, of forms and texts. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly names: readonly string[];
  readonly nicks: readonly string[];
  /** Cents. */
  readonly amounts: readonly string[];
  /** "month-day". */
  readonly days: readonly string[];
  readonly problems: readonly string[];
  readonly pleasant: readonly string[];
  readonly goods: readonly string[];
  readonly models: readonly string[];
  /** Features of the structured product name. */
  readonly product: readonly number[];
  readonly photos: readonly string[];
  readonly wordings: readonly Wording[];
  /** Features of everything said about the matter, talk taken out; sorted. */
  readonly grams: readonly number[];
  /** Channels the writer says they have written on already. */
  /** In which script the matter is told; texts in two scripts share no words. */
  readonly script: Script;
  readonly told: readonly string[];
  /** How many days ago, if that is said; −1 if not. */
  readonly toldDays: number;
  readonly channels: readonly string[];
  readonly again: boolean;
  /** Has said something beyond a greeting. */
  readonly spoke: boolean;
  /** Asks how it goes. */
  readonly nudge: boolean;
  readonly another: boolean;
  /** The latest message says that the matter is settled. */
  readonly settled: boolean;
  readonly from: number;
  readonly to: number;
}

const MOST = 8;
const MOST_REFS = 8;
const SKETCH = 16;
const SHORTEST_WORDING = 4;

export function factsOf(said: Said, rules: MatchingRules): Facts {
  const subject = fold(said.subject ?? '').slice(0, 300);
  const body = fold(said.text);
  const text = written(subject === '' ? body : `${subject}\n${body}`);
  const fields = fieldsOf(said.fields);
  const numbers = numbersOf(text, rules);
  const of = (kind: string): string[] =>
    numbers.filter((one) => one.kind === kind).map(({ value }) => value);
  const names = namesOf(said, text, rules);
  const product = fields.product;
  const about = `${text}\n${product}`;
  const matter = withoutTalk(text, rules);
  const grams = gramsOf(matter);
  const [again, another, nudge] = [AGAIN.test(text), ANOTHER.test(text), NUDGE.test(text)];
  return {
    refs: referencesOf(numbers, fields),
    tails: some(of('tail'), 3),
    phones: some([...phonesOf(said.identities), ...fields.phones, ...of('phone')].map(plainDigits)),
    emails: some([...emailsOf(said.identities), ...emailsIn(text)], 4),
    names: some(
      names.filter(({ real }) => real).map(({ value }) => value),
      4,
    ),
    nicks: some(
      names.filter(({ real }) => !real).map(({ value }) => value),
      4,
    ),
    amounts: some(of('amount')),
    days: some([...of('date'), ...daysIn(text)], 4),
    problems: problemsIn(text),
    pleasant: pleasantIn(matter),
    goods: goodsIn(about),
    models: some(modelsIn(about), 4),
    product: gramsOf(product).slice(0, 12),
    photos: some(
      said.photos.map((photo) => photo.slice(0, 16)),
      MOST,
    ),
    wordings: grams.length < SHORTEST_WORDING ? [] : wordingOf(body),
    grams,
    script: scriptOf(matter),
    told: channelsTold(text, said.channel, rules),
    toldDays: daysAgoIn(text),
    channels: [said.channel],
    again,
    spoke: again || another || nudge || grams.length > 1 || numbers.length > 0,
    nudge,
    another,
    settled: text.length < 200 && SETTLED.test(text),
    from: said.at,
    to: said.at,
  };
}

type List =
  | 'tails'
  | 'phones'
  | 'emails'
  | 'names'
  | 'nicks'
  | 'amounts'
  | 'days'
  | 'problems'
  | 'pleasant'
  | 'goods'
  | 'models'
  | 'photos'
  | 'told'
  | 'channels';

/** Folds a further message of the same ticket in; what is too much falls out. */
export function addFacts(before: Facts, more: Facts): Facts {
  const [one, other] = before.from <= more.from ? [before, more] : [more, before];
  const both = (list: List): readonly string[] => some([...one[list], ...other[list]], MOST);
  return {
    refs: mergedReferences([...one.refs, ...other.refs]),
    tails: both('tails'),
    phones: both('phones'),
    emails: both('emails'),
    names: both('names'),
    nicks: both('nicks'),
    amounts: both('amounts'),
    days: both('days'),
    problems: both('problems'),
    pleasant: both('pleasant'),
    goods: both('goods'),
    models: both('models'),
    product: one.product.length > 0 ? one.product : other.product,
    photos: both('photos'),
    wordings: longest([...one.wordings, ...other.wordings]),
    grams: union(one.grams, other.grams),
    script: bothScripts(one.script, other.script),
    told: both('told'),
    toldDays: Math.max(one.toldDays, other.toldDays),
    channels: both('channels'),
    again: one.again || other.again,
    spoke: one.spoke || other.spoke,
    nudge: one.nudge || other.nudge,
    another: one.another || other.another,
    settled: other.to >= one.to ? other.settled : one.settled,
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
  };
}

function bothScripts(one: Script, other: Script): Script {
  if (one === other || other === 'none') return one;
  return one === 'none' ? other : 'mixed';
}

/** One list for all that are empty. */
const NONE: readonly never[] = [];

/** Distinct values in order of appearance, at most `limit`. */
function some(values: readonly string[], limit = MOST): readonly string[] {
  if (values.length === 0) return NONE;
  return [...new Set(values.filter((value) => value !== ''))].slice(0, limit);
}

const plainDigits = (phone: string): string => phone.replace(/\D/g, '').slice(0, 15);

const phonesOf = (identities: readonly Identity[]): string[] =>
  identities.filter(({ kind }) => kind === 'phone').map(({ value }) => value);

const emailsOf = (identities: readonly Identity[]): string[] =>
  identities.filter(({ kind }) => kind === 'email').map(({ value }) => value.trim().toLowerCase());

interface Fields {
  readonly orders: readonly string[];
  readonly tracking: readonly string[];
  readonly phones: readonly string[];
  readonly product: string;
}

/** Structured fields by what their names say they hold. */
function fieldsOf(fields: Readonly<Record<string, string>>): Fields {
  const found = {
    orders: [] as string[],
    tracking: [] as string[],
    phones: [] as string[],
    product: '',
  };
  for (const [name, value] of Object.entries(fields).slice(0, 40)) {
    if (/track|waybill|logistic|express|快递|运单/i.test(name)) found.tracking.push(value);
    else if (/order|订单|訂單|purchase/i.test(name)) found.orders.push(value);
    else if (/phone|mobile|tel|电话|手机/i.test(name)) found.phones.push(value);
    else if (/product|item|goods|sku|商品|产品/i.test(name)) {
      found.product = fold(value).slice(0, 120);
    }
  }
  return found;
}

function referencesOf(numbers: ReturnType<typeof numbersOf>, fields: Fields): readonly Reference[] {
  const field = (kind: 'order' | 'tracking') => (value: string) => ({
    n: even(value.slice(0, 80))
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 30),
    kind,
    field: true,
    quoted: false,
  });
  const said = numbers.flatMap(({ kind, value, quoted }) =>
    kind === 'order' || kind === 'tracking' || kind === 'number'
      ? [{ n: value, kind, field: false, quoted }]
      : [],
  );
  const given = fields.orders.slice(0, 4).map(field('order'));
  return mergedReferences([
    ...given,
    ...fields.tracking.slice(0, 4).map(field('tracking')),
    ...said.map((ref) => (isAnothers(ref, given) ? { ...ref, quoted: true } : ref)),
  ]);
}

/** A form's order is the writer's own; another order in the text is one they compare it with. */
function isAnothers({ n, kind }: Reference, given: readonly Reference[]): boolean {
  if (kind !== 'order' || given.length === 0) return false;
  return given.every((own) => own.n !== n && !isOneSlip(own.n, n) && !own.n.endsWith(n));
}

/** Each number once; what was said of it more firmly wins. */
function mergedReferences(refs: readonly Reference[]): readonly Reference[] {
  const merged = new Map<string, Reference>();
  for (const ref of refs) {
    if (ref.n.length < 4) continue;
    const known = merged.get(ref.n);
    if (known === undefined) {
      if (merged.size < MOST_REFS) merged.set(ref.n, ref);
      continue;
    }
    const kind = known.kind === 'number' ? ref.kind : known.kind;
    const field = known.field || ref.field;
    merged.set(ref.n, { ...known, kind, field, quoted: known.quoted && ref.quoted });
  }
  return [...merged.values()];
}

function namesOf(said: Said, text: string, rules: MatchingRules): readonly NameFound[] {
  const sender = nameOf(said.name, rules);
  return [...(sender === null ? [] : [sender]), ...namesIn(text, rules)];
}

function wordingOf(body: string): readonly Wording[] {
  const letters = body.replace(/[^a-z\u4e00-\u9fff]/g, '');
  const grams = gramsOf(body);
  if (grams.length < SHORTEST_WORDING) return [];
  const sketch = ascending(grams.map(mix32)).slice(0, SKETCH);
  return [{ hash: hash32(letters), size: grams.length, sketch }];
}

const WORDINGS = 4;

function longest(wordings: readonly Wording[]): readonly Wording[] {
  const distinct = [...new Map(wordings.map((one) => [one.hash, one])).values()];
  if (distinct.length <= WORDINGS) return distinct;
  return distinct.sort((a, b) => b.size - a.size).slice(0, WORDINGS);
}

function scriptOf(text: string): Script {
  let chinese = 0;
  let letters = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x4e00 && code <= 0x9fff) chinese += 1;
    else if (code >= 97 && code <= 122) letters += 1;
  }
  const words = letters / 4;
  if (chinese < 2 && words < 2) return 'none';
  if (chinese >= 2 * words) return 'chinese';
  return words >= 2 * chinese ? 'latin' : 'mixed';
}
