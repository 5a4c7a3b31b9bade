import { connector } from '../../connectors/twilio-sms/index.js';
import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { subject } from './twilio-sms/subject.js';

describeConnector(connector, subject);
