import fc from 'fast-check';
import { sanitise } from './sanitise.js';

describe('HTML of a stranger', () => {
  test.each([
    ['<script>alert(1)</script>'],
    ['<img src=x onerror=alert(1)>'],
    ['<svg onload=alert(1)><script>alert(1)</script></svg>'],
    ['<a href="javascript:alert(1)">x</a>'],
    ['<a href=" java\nscript:alert(1)">x</a>'],
    ['<iframe src="https://evil.example"></iframe>'],
    ['<form action="https://evil.example"><input type=password></form>'],
    ['<div style="background:url(https://evil.example)">x</div>'],
    ['<link rel=stylesheet href=https://evil.example><meta http-equiv=refresh content="0;url=x">'],
    ['<img src="data:text/html;base64,PHNjcmlwdD4=">'],
    ['<math><mtext></p><style><img src=x onerror=alert(1)></style></math>'],
    ['<scr<script>ipt>alert(1)</scr</script>ipt>'],
    ['<a href="&#106;avascript:alert(1)">x</a>'],
    ['<img data-remote-src="javascript:alert(1)" src="cid:a" srcset="https://evil.example 1x">'],
  ])('%s loses what could act', (html) => {
    const clean = sanitise(html).html;
    expect(clean).not.toMatch(
      /<(?:script|svg|iframe|form|input|link|meta|style|math)|javascript:/i,
    );
    expect(clean).not.toMatch(/<[^>]+\s(?:on\w+|style|srcset)=/i);
    expect(clean).not.toMatch(/\ssrc="(?!cid:)/);
  });

  test('pieces put together at random never leave an active tag', () => {
    const piece = fc.constantFrom(
      ...['<', '>', '"', "'", '<script', '</script>', 'onload=', '<img src=', '<style>', '<!--'],
      ...['-->', '<a href=', 'javascript:', '<svg>', '</svg>', '<p>', 'x', '&lt;', '/', ' '],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const clean = sanitise(pieces.join('')).html;
        expect(clean).not.toMatch(/<(?:script|svg|style)\b|<[^>]*\son\w+=|href="javascript:/i);
      }),
    );
  });

  test('links open outside and tell nobody where from', () => {
    expect(sanitise('<a href="https://x.example">x</a>').html).toContain(
      'rel="noopener noreferrer',
    );
  });

  test('what is too long is cut and said', () => {
    const { html, truncated } = sanitise('<p>&</p>'.repeat(200_000));
    expect(html.length).toBeLessThanOrEqual(1_000_000);
    expect(truncated).toBe(true);
  });
});
