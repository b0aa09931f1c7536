import { createSecureContext } from 'node:tls'
import t from 'tap'
import { renewTls, underTls } from '../../proxy/edge/certificates.js'
import { clientCa } from '../support/client-certificates.js'
import { renewedSelfSigned, selfSigned } from '../support/self-signed.js'

/** A server that takes note of what it is to show. */
const server = () => {
  const shown: unknown[] = []
  return { shown, setSecureContext: (files: object) => void shown.push(files) }
}

t.test('servers made with a certificate take the one that replaces it, others do not', async (t) => {
  const [own, another] = [{ ...selfSigned }, { ...selfSigned }]
  const [one, two, other] = [server(), server(), server()]
  underTls(own, one)
  underTls(own, two)
  underTls(another, other)
  renewTls(own, { ...renewedSelfSigned, ca: clientCa })
  renewTls(own, selfSigned)
  for (const { shown } of [one, two])
    t.strictSame(shown, [{ ...renewedSelfSigned, ca: clientCa }, selfSigned], 'more than once')
  t.same(other.shown, [])
})

t.test('files that cannot be used replace nothing', async (t) => {
  const own = { ...selfSigned }
  const one = server()
  underTls(own, one)
  const unusable = [
    { ...renewedSelfSigned, cert: Buffer.from('no certificate') },
    { ...renewedSelfSigned, key: selfSigned.key },
  ]
  for (const files of unusable) {
    t.throws(() => createSecureContext(files))
    t.throws(() => renewTls(own, files))
  }
  t.same(one.shown, [])
})
