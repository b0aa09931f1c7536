/** A throw-away certificate for the loopback address, by openssl. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  close(): void
}

/** @throws Error that says what to install */
export const makeCertificate = (): Certificate => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfork-tls-'))
  const certFile = join(folder, 'cert.pem')
  const keyFile = join(folder, 'key.pem')
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', keyFile, '-out', certFile, '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
  ])
  if (made.status !== 0) throw new Error('no certificate could be made: apt install openssl')
  return { certFile, keyFile, close: () => rmSync(folder, { recursive: true, force: true }) }
}
