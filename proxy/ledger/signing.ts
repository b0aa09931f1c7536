/**
 * The ledger's signatures: Ed25519 (RFC 8032) over the canonical form of an entry's body, under a prefix of their own so
 * that a signature made here is good for nothing else. Keys are handed in; ledger-key.io.ts keeps them.
 */
import { createHash, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto'
import { type Body, canonical } from './chain.js'

const DOMAIN = 'hushfork ledger 1\n'

/** The public half as it stands in the ledger and is handed to auditors: SPKI, DER, base64. */
export const publicKeyText = (key: KeyObject): string =>
  (key.type === 'private' ? createPublicKey(key) : key)
    .export({ type: 'spki', format: 'der' })
    .toString('base64')

/** The key that such a text stands for; null when it stands for none of Ed25519. */
export const publicKeyOf = (text: string): KeyObject | null => {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}

/** Names a public key where its text would be too long: the first 16 hex digits of its SHA-256. */
export const keyIdOf = (publicKey: string): string =>
  createHash('sha256').update(publicKey, 'base64').digest('hex').slice(0, 16)

/** Signature of a body, base64. `body` has no `signature` and no `hash`. */
export const signatureOf = (body: Body, privateKey: KeyObject): string =>
  sign(null, Buffer.from(DOMAIN + canonical(body), 'utf8'), privateKey).toString('base64')

/** Whether the signature that stands in a record's body is that of this key. */
export const isSignedBy = ({ signature, ...body }: Body, publicKey: KeyObject): boolean =>
  typeof signature === 'string' &&
  verify(null, Buffer.from(DOMAIN + canonical(body), 'utf8'), publicKey, Buffer.from(signature, 'base64'))

/** The secret of the ledger's pseudonyms, which comes from its first signing key: HKDF-SHA-256 (RFC 5869), 32 bytes. */
export const pseudonymSecret = (privateKey: KeyObject): Buffer =>
  Buffer.from(
    hkdfSync(
      'sha256',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      '',
      'hushfork ledger pseudonyms 1',
      32,
    ),
  )
