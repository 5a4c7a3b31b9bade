import fc from 'fast-check';
import {
  atBestProof,
  conflictBetween,
  isUniversalHandle,
  normaliseIdentity,
  plainHandle,
  type Identity,
  type Proof,
} from './identity.js';

const HERE = { scope: 'conn', region: 'CN' } as const;
const one = (kind: Identity['kind'], value: string, scope = ''): Identity => ({
  ...{ kind, value, scope, proof: 'strong' },
});
const value = (identity: Identity): string => normaliseIdentity(identity, HERE).value;

describe('two spellings of one address', () => {
  test.each([
    [' Zhang@Example.COM ', 'zhang@example.com'],
    ['张伟@例子.中国', '张伟@例子.中国'],
  ])('of a mailbox are equal: %s', (given, plain) => {
    expect(value(one('email', given))).toBe(plain);
  });

  test.each([
    ['+49 (30) 1234-567', '+49301234567'],
    ['0049 30 1234567', '+49301234567'],
    ['+49301234567', '+49301234567'],
    ['138 0013 8000', '+8613800138000'],
    ['(+86) 138-0013-8000', '+8613800138000'],
    ['0086 13800138000', '+8613800138000'],
    ['１３８００１３８０００', '+8613800138000'],
    ['010-6552 9988', '+861065529988'],
    ['95588', '95588'],
    ['030 1234567', '0301234567'],
  ])('of a phone number are equal: %s', (given, plain) => {
    expect(value(one('phone', given))).toBe(plain);
  });

  test('of a phone number without a country are of the region it was told in', () => {
    const told = { scope: 'conn', region: 'DE' } as const;
    expect(normaliseIdentity(one('phone', '030 1234567'), told).value).toBe('+49301234567');
  });

  test('stay two where the platform says so: its ids are taken as they are', () => {
    expect(value(one('openid', 'oAbC '))).toBe('oAbC ');
  });

  test('are equal when normalised once or twice', () => {
    fc.assert(
      fc.property(fc.constantFrom('email', 'phone', 'uid' as const), fc.string(), (kind, text) => {
        const once = normaliseIdentity(one(kind, text), HERE);
        expect(normaliseIdentity(once, HERE)).toEqual(once);
      }),
    );
  });
});

describe('the scope', () => {
  test('of mailboxes and phone numbers is everywhere, whatever a mapping says', () => {
    expect(normaliseIdentity(one('email', 'a@b.c', 'shop'), HERE).scope).toBe('');
    expect(normaliseIdentity(one('phone', '+1555', 'shop'), HERE).scope).toBe('');
  });

  test.each(['openid', 'unionid', 'uid', 'customerId'] as const)(
    'of a %s is what it says, else its connection',
    (kind) => {
      expect(normaliseIdentity(one(kind, 'x', 'provider'), HERE).scope).toBe('provider');
      expect(normaliseIdentity(one(kind, 'x'), HERE).scope).toBe('conn');
    },
  );
});

test('an address that was claimed and then proven is shown once, as proven', () => {
  const at = (value: string, proof: Proof, scope = ''): Identity => ({
    ...{ kind: 'email', value, scope, proof },
  });
  const [claimed, proven] = [at('a@b.c', 'weak'), at('a@b.c', 'proven')];
  const other = at('x@y.z', 'strong');
  expect(atBestProof([claimed, other, proven])).toEqual([proven, other]);
  expect(atBestProof([proven, claimed])).toEqual([proven]);
  expect(atBestProof([at('1', 'weak', 'shop a'), at('1', 'weak', 'shop b')])).toHaveLength(2);
});

describe('an address of unknown kind', () => {
  test.each([
    ['Zhang@Example.com', 'zhang@example.com', true],
    ['+1 (555) 000-1234', '+15550001234', true],
    ['001 555 000 1234', '+15550001234', true],
    ['5550001234', '5550001234', false],
    ['oAbC-9', 'oAbC-9', false],
    ['+1', '+1', false],
  ])('%s is compared as %s', (given, plain, universal) => {
    expect([plainHandle(given), isUniversalHandle(given)]).toEqual([plain, universal]);
  });
});

describe('two proven accounts conflict', () => {
  const held = (kind: Identity['kind'], value: string, scope = 'shop'): Identity => ({
    ...{ kind, value, scope, proof: 'proven' },
  });
  const [anna, berta] = [held('customerId', '1'), held('customerId', '2')];
  test('when they are of one kind and scope and differ', () => {
    expect(conflictBetween([anna], [berta])).toEqual([anna, berta]);
    expect(conflictBetween([held('uid', '1')], [held('uid', '2')])).toBeDefined();
  });
  test.each([
    ['of the same account', [anna], [anna]],
    ['of different scopes', [anna], [held('customerId', '2', 'another shop')]],
    ['of different kinds', [anna], [held('openid', '2')]],
    ['one of which is only claimed', [anna], [{ ...berta, proof: 'strong' as const }]],
    ['phones: one person has several', [held('phone', '+1')], [held('phone', '+2')]],
    ['one of which is of somebody with both', [anna], [berta, anna]],
  ])('not %s', (_, some, others) => {
    expect(conflictBetween(some, others)).toBeUndefined();
  });
});
