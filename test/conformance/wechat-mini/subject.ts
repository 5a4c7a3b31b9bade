import { connector } from '../../../connectors/wechat-mini/index.js';
import { wechatSubject } from '../wechat-subject.js';

export const subject = wechatSubject({
  connector,
  product: 'miniProgram',
  traps: {
    'sticker-as-a-placeholder.json': 'automatic',
    'unknown-kind.json': 'unknown',
  },
  digits: {
    'text-with-a-bare-64-bit-id.json': '24000000000000001',
    'text-as-xml.xml': '24000000000000013',
  },
});
