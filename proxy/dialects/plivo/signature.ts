import { createHmac } from 'node:crypto'
import { equalSecrets } from '../../base/secret.js'

/**
 * X-Plivo-Signature-V3 of a WebSocket handshake, which is a GET: base64(HMAC-SHA256(auth token, URL with its query sorted +
 * "." + nonce)). Source: npm plivo 4.79.0, dist/utils/v3Security.js; vectors accepted by it.
 */
export const signUrl = (authToken: string, url: string, nonce: string): string =>
  createHmac('sha256', authToken)
    .update(`${withSortedQuery(url)}.${nonce}`, 'utf8')
    .digest('base64')

/**
 * Whether one of the comma-separated `signatures` is right for one of the URLs in one of its spellings; every signature is
 * compared in the same time.
 */
export function isSignedFor(
  urls: readonly string[],
  authToken: string,
  nonce: string,
  signatures: string,
): boolean {
  let isSigned = false
  for (const url of urls.flatMap(spellingsOf)) {
    const expected = signUrl(authToken, url, nonce)
    for (const signature of signatures.split(',').slice(0, SIGNATURES_MAX))
      isSigned = equalSecrets(expected, signature.trim()) || isSigned
  }
  return isSigned
}

/** Signatures looked at in one header: one per auth token of an account, which has two while one replaces the other. */
const SIGNATURES_MAX = 4

function withSortedQuery(url: string): string {
  const at = url.indexOf('?')
  if (at < 0) return url
  return `${url.slice(0, at)}?${url
    .slice(at + 1)
    .split('&')
    .sort()
    .join('&')}`
}

/** Which form is signed for a WebSocket is not documented: ws or http scheme, the path with or without a slash at the end. */
function spellingsOf(url: string): string[] {
  const [base, query] = url.split('?', 2) as [string, string?]
  const bare = base.replace(/\/$/, '')
  const rest = query === undefined ? '' : `?${query}`
  const schemes = /^(wss|https):/.test(bare) ? ['wss:', 'https:'] : ['ws:', 'http:']
  return schemes
    .map((scheme) => bare.replace(/^\w+:/, scheme))
    .flatMap((form) => [`${form}${rest}`, `${form}/${rest}`])
}
