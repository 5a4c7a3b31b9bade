/**
 * What `poll`, `stream` or `listen` reject with when the platform refused the credential. The pump
 * knows it by its name: a wrong password is not a broken wire, and knocking on would lock the account.
 */
export class Unauthorised extends Error {
  override readonly name = 'Unauthorised';
}
