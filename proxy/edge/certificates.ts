/**
 * Certificates that are renewed while their servers run: a connection that is open keeps the one with which it began, the
 * next handshake shows the new one. Servers are known by the files with which they were made.
 */
import { createSecureContext, type Server } from 'node:tls'

/** Certificate chain and private key, PEM. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
  /** Who signs client certificates; left out or null: none is asked for. */
  readonly ca?: Buffer | null
  /** Where certificate and key lie, for who reads them by themselves. */
  readonly paths?: TlsPaths
}

export interface TlsPaths {
  readonly certFile: string
  readonly keyFile: string
}

/** A server on TLS, of whichever protocol. */
export type TlsServer = Pick<Server, 'setSecureContext'>

const servers = new WeakMap<TlsFiles, Set<TlsServer>>()

/** The server was made with these files, and takes those that replace them. */
export const underTls = (files: TlsFiles, server: TlsServer): void => {
  servers.set(files, (servers.get(files) ?? new Set()).add(server))
}

/**
 * Every server that was made with `files` shows `renewed` from now on; none does when these cannot be used.
 * @throws Error of Node's TLS, with a code: no certificate, or not of this key
 */
export const renewTls = (files: TlsFiles, { cert, key, ca }: TlsFiles): void => {
  const context = { cert, key, ...(ca != null && { ca }) }
  createSecureContext(context)
  for (const server of servers.get(files) ?? []) server.setSecureContext(context)
}
