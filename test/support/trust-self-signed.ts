/**
 * Imported before anything else: the vendors' clients believe a test's certificate then, as they believe those of a system. The
 * library reads where they lie once, when it is loaded.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSigned } from './self-signed.js'

const folder = mkdtempSync(join(tmpdir(), 'hushfork-roots-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'roots.pem')
writeFileSync(path, selfSigned.cert)
process.env['GRPC_DEFAULT_SSL_ROOTS_FILE_PATH'] = path
