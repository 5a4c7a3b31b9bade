import { connector } from '../../connectors/email/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './email/subject.js';

describeConnector(connector, subject);
