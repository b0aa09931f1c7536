// Several processes on TLS, as `hushfork serve` starts them: which certificate each port shows, before and after SIGHUP.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t, { type Test } from 'tap'
import { dialects } from '../../proxy/dialects/index.js'
import { killableProxy } from '../support/killable-proxy.js'
import { calmCall, playCall, RATE_HZ, recordingsIn, until } from '../support/live-proxy.js'
import { renewedSelfSigned, selfSigned } from '../support/self-signed.js'

// Whom the port shows is looked at by itself; nobody vouches for either of them.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'

/** The certificate that a port shows, PEM. */
const shownAt = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      const shown = socket.getPeerX509Certificate()!.toString()
      socket.destroy()
      resolve(shown)
    })
    socket.on('error', reject)
  })

const first = selfSigned.cert.toString()
const renewed = renewedSelfSigned.cert.toString()

const serve = async (t: Test, processes: number) => {
  const folder = t.testdir({ recordings: {} })
  const certFile = join(folder, 'tls.crt')
  const keyFile = join(folder, 'tls.key')
  const put = (files: { cert: Buffer | string; key: Buffer }): void => {
    writeFileSync(certFile, files.cert)
    writeFileSync(keyFile, files.key)
  }
  put(selfSigned)
  const tls = { certFile, keyFile }
  const proxy = await killableProxy(t, {
    folder,
    processes,
    listen: { port: 0, tls },
    admin: { port: 0, tls },
    forks: [
      { path: '/fork', dialect: 'twilio', policy: 'quick' },
      { port: 0, dialect: 'audiosocket', policy: 'quick' },
      { port: 0, dialect: 'ringcx', policy: 'quick' },
    ],
    policies: { quick: { holdBackMs: 600, payment: { lookBackMs: 100 } } },
  })
  const ports = [...proxy.forkUrls.map(({ port }) => Number(port)), proxy.adminPort]
  const has = (text: string): boolean => proxy.lines.some(({ msg }) => msg === text)
  /** What every port shows: each looked at twice, since connections go to the processes in turn. */
  const shown = async (): Promise<Set<string>> =>
    new Set(await Promise.all([...ports, ...ports].map((port) => shownAt(port))))
  return { proxy, folder, put, shown, has }
}

t.test('processes share ports on TLS, and a renewed certificate comes with SIGHUP', async (t) => {
  const { proxy, folder, put, shown, has } = await serve(t, 2)
  t.same(
    proxy.forkUrls.map(({ protocol }) => protocol),
    ['wss:', 'tls:', 'grpcs:'],
  )
  t.same(await shown(), new Set([first]))
  const play = (callId: string, seconds: number, cues: Parameters<typeof playCall>[4] = {}) =>
    playCall(proxy.forkUrls[0]!, dialects.twilio, callId, calmCall(seconds), { speed: 4, ...cues })
  const taken = (): Set<number | undefined> =>
    new Set(proxy.lines.filter(({ msg }) => msg === 'call-opened').map(({ worker }) => worker))
  const renew = async (): Promise<void> => {
    await Promise.all([play('CA-one', 0.5), play('CA-two', 0.5)])
    put(renewedSelfSigned)
    proxy.signal('SIGHUP')
    await until(() => has('every process is replaced'), 'it is said')
    await play('CA-new', 0.5)
  }
  await play('CA-stays', 3, { cues: [{ atMs: 1000, run: renew }] })
  t.ok(taken().size > 2, 'old and new processes have taken calls')
  t.same(await shown(), new Set([renewed]))
  await until(() => recordingsIn(join(folder, 'recordings')).size === 4, 'all are kept')
  for (const [callId, { pcm, sidecar }] of recordingsIn(join(folder, 'recordings'))) {
    t.equal(sidecar.lostSamples, 0, callId)
    if (callId === 'CA-stays') t.equal(pcm[0]!.length, 3 * RATE_HZ, 'a call goes on over the renewal')
  }

  put({ cert: 'no certificate', key: renewedSelfSigned.key })
  proxy.signal('SIGHUP')
  await until(() => has('the configuration was not read anew: what is in force stays'), 'it is said')
  t.ok(has('certificates were not renewed: those in force stay'))
  t.same(await shown(), new Set([renewed]), 'nobody is left without one')
})

t.test('so it does where there is one process, which goes on with its calls', async (t) => {
  const { proxy, folder, put, shown, has } = await serve(t, 1)
  t.same(await shown(), new Set([first]))
  const renew = async (): Promise<void> => {
    put(renewedSelfSigned)
    proxy.signal('SIGHUP')
    await until(() => has('certificates are read anew'), 'it is said')
    t.same(await shown(), new Set([renewed]))
  }
  await playCall(proxy.forkUrls[0]!, dialects.twilio, 'CA1', calmCall(3), {
    speed: 4,
    cues: [{ atMs: 1000, run: renew }],
  })
  await until(() => recordingsIn(join(folder, 'recordings')).has('CA1'), 'it is kept')
  t.equal(recordingsIn(join(folder, 'recordings')).get('CA1')!.pcm[0]!.length, 3 * RATE_HZ)
})
