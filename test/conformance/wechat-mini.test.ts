import { connector } from '../../connectors/wechat-mini/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './wechat-mini/subject.js';

describeConnector(connector, subject);
