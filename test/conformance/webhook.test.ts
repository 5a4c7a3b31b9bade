import { connector } from '../../connectors/webhook/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './webhook/subject.js';

describeConnector(connector, subject);
