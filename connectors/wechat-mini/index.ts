import type { Connector } from '../../src/sdk/index.js';
import { connectorOf } from '../wechat/assemble.js';
import { definition } from './definition.js';

/** The customer service of WeChat Mini Programs 小程序客服. */
export const connector: Connector = connectorOf(definition, ['image']);
