import { connector } from '../../../connectors/wechat-oa/index.js';
import { wechatSubject } from '../wechat-subject.js';

export const subject = wechatSubject({
  connector,
  product: 'officialAccount',
  traps: {
    'sticker-as-a-placeholder.xml': 'automatic',
    'unknown-kind.xml': 'unknown',
  },
  digits: {
    'text-with-a-64-bit-id.xml': '24000000000000001',
    'text-as-json-with-a-bare-64-bit-id.json': '24000000000000025',
  },
});
