import { describeConnector } from '../../src/sdk/conformance/describe-connector.js';
import { connector } from './parcel/connector.js';
import { parcelSubject } from './parcel/subject.js';

describeConnector(connector, parcelSubject(process.cwd()));
