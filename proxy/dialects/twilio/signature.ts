import { createHmac } from 'node:crypto'
import { equalSecrets } from '../../base/secret.js'

/**
 * X-Twilio-Signature of a WebSocket handshake: base64(HMAC-SHA1(auth token, URL)). There are no POST parameters to add.
 * Source: Twilio, "Validating requests are coming from Twilio"; vectors made with its Node library 6.2.0.
 */
export const signUrl = (authToken: string, url: string): string =>
  createHmac('sha1', authToken).update(url, 'utf8').digest('base64')

/** Whether `signature` is right for one of the URLs in one of its spellings; takes the same time for every answer. */
export function isSignedFor(urls: readonly string[], authToken: string, signature: string): boolean {
  let isSigned = false
  for (const url of urls.flatMap(spellingsOf))
    isSigned = equalSecrets(signUrl(authToken, url), signature) || isSigned
  return isSigned
}

/** Which form Twilio signs is not documented for WebSockets: ws or http scheme, with or without a slash at the end. */
function spellingsOf(url: string): string[] {
  const bare = url.replace(/\/$/, '')
  const schemes = /^(wss|https):/.test(bare) ? ['wss:', 'https:'] : ['ws:', 'http:']
  return schemes.map((scheme) => bare.replace(/^\w+:/, scheme)).flatMap((form) => [form, `${form}/`])
}
