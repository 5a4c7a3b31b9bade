import sanitizeHtml from 'sanitize-html';
import { boundedHtml } from './html/bounded.js';

/** Characters of HTML that are kept at most; the draft holds 1,000,000 after escaping. */
const LIMITS = [500_000, 150_000] as const;
const KEPT = 1_000_000;

const CELLS = ['colspan', 'rowspan', 'align', 'valign'];

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags:
    'a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'.split(
      ' ',
    ),
  disallowedTagsMode: 'discard',
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'title',
    'head',
    'xml',
    'template',
    'select',
    'button',
    'object',
    'iframe',
    'svg',
    'math',
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel', 'target'],
    img: ['src', 'data-remote-src', 'alt', 'width', 'height'],
    td: CELLS,
    th: CELLS,
    ol: ['start', 'type'],
    '*': ['dir', 'lang'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['cid'] },
  allowProtocolRelative: false,
  nestingLimit: 60,
  enforceHtmlBoundary: false,
  parseStyleAttributes: false,
  transformTags: {
    img: (tagName, attribs) => ({ tagName, attribs: pictureAttributes(attribs) }),
    a: (tagName, attribs) => ({
      tagName,
      attribs: { ...attribs, rel: 'noopener noreferrer nofollow', target: '_blank' },
    }),
  },
};

/** Pictures inside the mail keep `cid:`; remote ones are only named, so that showing a mail tells nobody. */
function pictureAttributes(attributes: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const { src = '', ...rest } = attributes;
  const kept = Object.fromEntries(
    Object.entries(rest).filter(([name]) => name !== 'data-remote-src'),
  );
  const target = src.trim();
  if (/^cid:/i.test(target)) return { ...kept, src: target };
  return /^https?:\/\//i.test(target) ? { ...kept, 'data-remote-src': target } : kept;
}

/** HTML of a stranger as HTML that may be shown: an allow-list of tags and attributes, no code, no forms, no remote loads. */
export function sanitise(html: string): { html: string; truncated: boolean } {
  for (const limit of LIMITS) {
    const bounded = boundedHtml(html, limit);
    const clean = sanitizeHtml(bounded.html, OPTIONS).replaceAll('\u0000', '\ufffd').toWellFormed();
    if (clean.length <= KEPT) return { html: clean, truncated: bounded.truncated };
  }
  return { html: '', truncated: true };
}
