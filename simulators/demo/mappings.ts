/**
 * The shop's app signs its users in by their phone, so that its webhook proves the number: two small
 * files say so, as an installation would write them. Path below mappings/ → text.
 */
export const MAPPINGS: Readonly<Record<string, string>> = {
  'webhook/app/complaint.yaml': `mapping: webhook/app/complaint
version: 1
accepts: body.type == 'complaint.created'
root: body.data
kind: message
fields:
  id: id
  conversation: thread
  sender:
    handle: customer.id
    name: customer.name
    identities:
      - { kind: phone, value: { from: customer.phone, as: phone }, proof: proven }
  text: text
`,
  'webhook/app/complaint.test.yaml': `cases:
  - name: the phone a user signed in with is proven
    input:
      body:
        type: complaint.created
        data: { id: m-1, thread: t-1, customer: { id: C-5, phone: '+8613800000005' }, text: 漏水 }
    expect:
      conversation: t-1
      sender: { identities: [{ kind: phone, value: '+8613800000005', proof: proven }] }
`,
  'webhook/app/other.yaml': `mapping: webhook/app/other
version: 1
root: body
kind: event
fields:
  id: { from: $.body, as: hash }
  conversation: { const: unknown }
  sender:
    handle: { const: unknown }
`,
  'webhook/app/other.test.yaml': `cases:
  - name: anything else is kept
    input: { body: { type: order.shipped } }
    expect: { kind: event }
`,
};
