/** What WeChat pushes, XML or JSON alike: every number is text, digit for digit. */
export type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

export type ReadTree =
  { readonly ok: true; readonly value: Tree } | { readonly ok: false; readonly why: string };
