import { connector } from '../../connectors/webchat/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './webchat/subject.js';

describeConnector(connector, subject);
