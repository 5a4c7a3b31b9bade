/** Finds what the core must not know: platforms by name, and decisions taken on a connector's name. */
import ts from 'typescript';

/** Brands of platforms and of their products; words with an everyday meaning (line, signal, x) are left out. */
const BRANDS: readonly string[] = [
  ...[
    'twilio',
    'vonage',
    'plivo',
    'sinch',
    'messagebird',
    'telnyx',
    'aliyun',
    'alicloud',
    'tencent',
  ],
  ...[
    'wechat',
    'weixin',
    'wecom',
    'weibo',
    'douyin',
    'tiktok',
    'kuaishou',
    'xiaohongshu',
    'rednote',
  ],
  ...[
    'taobao',
    'tmall',
    'alipay',
    'jingdong',
    'pinduoduo',
    'bilibili',
    'zhihu',
    'feishu',
    'dingtalk',
  ],
  ...['telegram', 'whatsapp', 'messenger', 'facebook', 'instagram', 'twitter', 'slack', 'discord'],
  ...['linkedin', 'youtube', 'reddit', 'viber', 'kakao', 'zalo', 'shopify', 'amazon'],
  ...['gmail', 'outlook', 'foxmail', 'netease', 'imap', 'smtp', 'sms', 'webchat'],
  ...['微信', '微博', '抖音', '快手', '小红书', '淘宝', '天猫', '京东', '拼多多', '钉钉', '飞书'],
];

/** What a variable that holds a connector's name is called; comparing it with a name is a branch on a platform. */
const HOLDS_A_CONNECTOR_NAME = /(?:connector|platform|provider|channel)(?:name|id|kind|type)?$/i;

/** One sentence a finding, with its line; comments may speak of platforms, code may not. */
export function platformsNamed(
  file: string,
  text: string,
  connectors: readonly string[],
): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${file}:${line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    const brand = brandIn(node);
    if (brand !== undefined) report(node, `names ${brand}`);
    if (branchesOnConnector(node, connectors)) report(node, `decides by a connector's name`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function brandIn(node: ts.Node): string | undefined {
  const text = wordingOf(node);
  if (text === undefined) return undefined;
  const named = namesIn(text);
  return BRANDS.find((brand) => named.has(brand) || (isHan(brand) && text.includes(brand)));
}

/** The text of an identifier, a string or a regular expression; undefined for every other piece of syntax. */
function wordingOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) return node.text;
  if (ts.isRegularExpressionLiteral(node)) return node.text;
  return ts.isTemplateMiddleOrTemplateTail(node) ? node.text : undefined;
}

/** `openWeChatWindow` holds open, openwe, wechat, …: whole words only, so that `asmsg` is not `sms`. */
function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const word of text.match(/[A-Za-z0-9]+/g) ?? []) {
    const pieces = word
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(' ');
    for (const start of pieces.keys()) {
      for (const length of [1, 2, 3]) names.add(pieces.slice(start, start + length).join(''));
    }
  }
  return names;
}

function isHan(text: string): boolean {
  return /^\p{Script=Han}/u.test(text);
}

function branchesOnConnector(node: ts.Node, connectors: readonly string[]): boolean {
  if (ts.isBinaryExpression(node)) return comparesConnector(node, connectors);
  if (!ts.isSwitchStatement(node) || !holdsConnector(node.expression)) return false;
  return node.caseBlock.clauses.some(
    (clause) => ts.isCaseClause(clause) && isConnectorName(clause.expression, connectors),
  );
}

function comparesConnector(node: ts.BinaryExpression, connectors: readonly string[]): boolean {
  const { left, right } = node;
  return (
    isEquality(node.operatorToken.kind) &&
    ((holdsConnector(left) && isConnectorName(right, connectors)) ||
      (holdsConnector(right) && isConnectorName(left, connectors)))
  );
}

function isEquality(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
  );
}

function holdsConnector(node: ts.Expression): boolean {
  return HOLDS_A_CONNECTOR_NAME.test(node.getText().replace(/[^A-Za-z]+$/, ''));
}

function isConnectorName(node: ts.Expression, connectors: readonly string[]): boolean {
  return ts.isStringLiteralLike(node) && connectors.includes(node.text);
}
