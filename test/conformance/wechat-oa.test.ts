import { connector } from '../../connectors/wechat-oa/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './wechat-oa/subject.js';

describeConnector(connector, subject);
