import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RedactError } from '../base/errors.js'

/** The keys of a ledger: the one that signs, and the one before it where it lies at hand. */
export interface LedgerKeys {
  readonly signingKey: KeyObject
  /** From KEYFILE.old: signs for its successor, once. */
  readonly oldKey: KeyObject | null
}

/** Where the signing key lies when the configuration names none. */
export const KEY_FILE = 'signing-key.pem'

/**
 * Reads the signing key (PKCS #8, PEM, unencrypted) from `path`; with null it is `signing-key.pem` in the ledger's own
 * folder, made (0600) when it is not there yet.
 * @throws RedactError REDACT_ERR_LEDGER when there is no such key
 */
export const readLedgerKeys = async (path: string | null, directory: string): Promise<LedgerKeys> => {
  const file = path ?? join(directory, KEY_FILE)
  const signingKey = (await keyIn(file)) ?? (path === null ? await newKey(file) : null)
  if (signingKey === null) throw notAKey('ledger.signingKeyFile names a file that is not there')
  return { signingKey, oldKey: await keyIn(`${file}.old`) }
}

/** The signing key in a file; null when the file is not there. @throws RedactError REDACT_ERR_LEDGER for anything else */
export const keyIn = async (path: string): Promise<KeyObject | null> => {
  const pem = await textIn(path)
  if (pem === null) return null
  const key = keyOf(pem)
  if (key?.asymmetricKeyType !== 'ed25519')
    throw notAKey('the signing key of the ledger is not an Ed25519 private key in PEM, unencrypted')
  return key
}

const textIn = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw notAKey(`the signing key of the ledger cannot be read (${code})`)
  }
}

const keyOf = (pem: string): KeyObject | null => {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}

const newKey = async (path: string): Promise<KeyObject> => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(path, pem, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw notAKey(`the signing key of the ledger cannot be written (${error.code})`)
  })
  return privateKey
}

const notAKey = (message: string): RedactError => new RedactError('REDACT_ERR_LEDGER', message)
