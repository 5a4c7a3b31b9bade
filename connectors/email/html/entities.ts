/** Named entities that mail bodies use; others stay as they are written. `name codepoint(hex)` pairs. */
const NAMED =
  'quot 22 amp 26 apos 27 lt 3c gt 3e nbsp a0 iexcl a1 cent a2 pound a3 curren a4 yen a5 brvbar a6 sect a7 uml a8 copy a9 ordf aa laquo ab not ac shy ad reg ae macr af deg b0 plusmn b1 sup2 b2 sup3 b3 acute b4 micro b5 para b6 middot b7 cedil b8 sup1 b9 ordm ba raquo bb frac14 bc frac12 bd frac34 be iquest bf Agrave c0 Aacute c1 Acirc c2 Atilde c3 Auml c4 Aring c5 AElig c6 Ccedil c7 Egrave c8 Eacute c9 Ecirc ca Euml cb Igrave cc Iacute cd Icirc ce Iuml cf ETH d0 Ntilde d1 Ograve d2 Oacute d3 Ocirc d4 Otilde d5 Ouml d6 times d7 Oslash d8 Ugrave d9 Uacute da Ucirc db Uuml dc Yacute dd THORN de szlig df agrave e0 aacute e1 acirc e2 atilde e3 auml e4 aring e5 aelig e6 ccedil e7 egrave e8 eacute e9 ecirc ea euml eb igrave ec iacute ed icirc ee iuml ef eth f0 ntilde f1 ograve f2 oacute f3 ocirc f4 otilde f5 ouml f6 divide f7 oslash f8 ugrave f9 uacute fa ucirc fb uuml fc yacute fd thorn fe yuml ff OElig 152 oelig 153 Scaron 160 scaron 161 Yuml 178 fnof 192 circ 2c6 tilde 2dc ensp 2002 emsp 2003 thinsp 2009 zwnj 200c zwj 200d lrm 200e rlm 200f ndash 2013 mdash 2014 lsquo 2018 rsquo 2019 sbquo 201a ldquo 201c rdquo 201d bdquo 201e dagger 2020 Dagger 2021 bull 2022 hellip 2026 permil 2030 prime 2032 lsaquo 2039 rsaquo 203a euro 20ac trade 2122 larr 2190 uarr 2191 rarr 2192 darr 2193 harr 2194 minus 2212 ne 2260 le 2264 ge 2265 check 2713 commat 40 colon 3a comma 2c period 2e lpar 28 rpar 29 sol 2f num 23 excl 21 quest 3f semi 3b equals 3d plus 2b dollar 24 percnt 25 ast 2a lowbar 5f NewLine a Tab 9';

const TABLE: ReadonlyMap<string, string> = new Map(
  NAMED.split(' ').flatMap((name, i, all): [string, string][] =>
    i % 2 === 0 ? [[name, String.fromCodePoint(Number.parseInt(all[i + 1] ?? '3f', 16))]] : [],
  ),
);

/** Longest entity that is looked at, without `&` and `;`. */
const LONGEST = 12;

/** Replaces character references, in one pass. */
export function decodeEntities(text: string): string {
  let amp = text.indexOf('&');
  if (amp < 0) return text;
  let out = '';
  let from = 0;
  while (amp >= 0) {
    const reference = referenceAt(text, amp + 1);
    if (reference !== null) {
      out += text.slice(from, amp) + reference.text;
      from = reference.end;
    }
    amp = text.indexOf('&', Math.max(amp + 1, from));
  }
  return out + text.slice(from);
}

function referenceAt(text: string, start: number): { text: string; end: number } | null {
  let end = start;
  while (end < text.length && end - start < LONGEST && isNameCode(text.charCodeAt(end))) end += 1;
  const name = text.slice(start, end);
  const character = name.startsWith('#') ? numeric(name.slice(1)) : (TABLE.get(name) ?? null);
  if (character === null) return null;
  const closed = text.charAt(end) === ';';
  if (!closed && !name.startsWith('#') && name.length > 5) return null;
  return { text: character, end: closed ? end + 1 : end };
}

function isNameCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x23
  );
}

function numeric(digits: string): string | null {
  const hex = digits.startsWith('x') || digits.startsWith('X');
  if (!(hex ? /^[xX][0-9a-fA-F]{1,6}$/ : /^\d{1,7}$/).test(digits)) return null;
  const code = hex ? Number.parseInt(digits.slice(1), 16) : Number(digits);
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : '\ufffd';
}
