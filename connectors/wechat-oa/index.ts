import type { Connector } from '../../src/sdk/index.js';
import { connectorOf } from '../wechat/assemble.js';
import { definition } from './definition.js';

/** WeChat Official Accounts 公众号. */
export const connector: Connector = connectorOf(definition, ['image', 'voice', 'video']);
