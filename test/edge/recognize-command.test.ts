import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLog } from '../../proxy/edge/log.js'
import {
  type RecognizeArgs,
  recognizeCommand,
  renewRecognizer,
  streamsOf,
} from '../../proxy/edge/recognize-command.js'
import { systemClock } from '../../proxy/edge/system-clock.js'
import { clientCa } from '../support/client-certificates.js'
import { selfSigned } from '../support/self-signed.js'

const folder = t.testdir({
  'tls.crt': selfSigned.cert.toString(),
  'tls.key': selfSigned.key.toString(),
  'clients.crt': clientCa.toString(),
  tokens: 'a-token-of-16-characters\nanother-token-of-them\n',
  short: 'short\n',
  nothing: '',
})
const at = (name: string): string => join(folder, name)
const tls = { tlsCert: at('tls.crt'), tlsKey: at('tls.key') }

const defaults: RecognizeArgs = {
  host: '127.0.0.1',
  port: 0,
  streamSeconds: 60,
  adminHost: '127.0.0.1',
  adminPort: 0,
  drainSeconds: 0,
  logLevel: 'silent',
  threads: 1,
}

const run = async (args: Partial<RecognizeArgs>) => {
  const told: string[] = []
  const server = await recognizeCommand(
    {
      ...defaults,
      ...args,
    },
    {
      stderr: { write: (text: string) => told.push(text) } as never,
      clock: systemClock,
      log: createLog('silent'),
    },
  )
  await server?.drain(0)
  return { isStarted: server !== null, told: told.join('') }
}

t.test('on this machine alone it needs nothing', async (t) => {
  t.same(await run({}), { isStarted: true, told: '' })
})

t.test('each thread takes a thousand streams, and all of them what one can carry of gRPC', async (t) => {
  t.strictSame([1, 2, 16].map(streamsOf), [1_000, 1_500, 1_500])
})

t.test('where others can reach it, it is encrypted and asks who they are, or does not start', async (t) => {
  const host = '0.0.0.0'
  for (const [args, problems] of [
    [{}, [/unencrypted/, /--token-file or --client-ca/]],
    [tls, [/--token-file or --client-ca/]],
    [{ tokenFile: at('tokens') }, [/unencrypted/]],
  ] as const) {
    const { isStarted, told } = await run({ host, ...args })
    t.notOk(isStarted)
    for (const problem of problems) t.match(told, problem)
    t.equal(told.trim().split('\n').length, problems.length)
  }
  t.same(await run({ host, ...tls, tokenFile: at('tokens') }), { isStarted: true, told: '' })
  t.same(await run({ host, ...tls, clientCa: at('clients.crt') }), { isStarted: true, told: '' })
})

for (const [what, args, problem] of [
  ['a certificate without its key', { tlsCert: at('tls.crt') }, /go together/],
  ['a certificate that is not there', { ...tls, tlsCert: at('gone') }, /cannot be read/],
  ['a key that is a certificate', { ...tls, tlsKey: at('tls.crt') }, /in PEM/],
  ['clients’ certificates that are none', { ...tls, clientCa: at('tokens') }, /in PEM/],
  ['clients’ certificates without TLS', { clientCa: at('clients.crt') }, /needs --tls-cert/],
  ['a token that can be guessed', { tokenFile: at('short') }, /16 printable/],
  ['no token', { tokenFile: at('nothing') }, /1 to 16 lines/],
  ['tokens that are not there', { tokenFile: at('gone') }, /1 to 16 lines/],
] as const)
  t.test(`${what} is told, and nothing listens`, async (t) => {
    const { isStarted, told } = await run(args)
    t.notOk(isStarted)
    t.match(told, problem)
    t.notMatch(told, 'short\n')
  })

t.test('a token with a space is refused without being told', async (t) => {
  const path = at('spaced')
  writeFileSync(path, 'a token with spaces in it\n')
  const { told } = await run({ tokenFile: path })
  t.notMatch(told, 'with spaces in it')
})

t.test('what is wrong with renewed files is told, and those in force stay', async (t) => {
  const renewed: unknown[] = []
  const told: string[] = []
  const renew = (args: object): void =>
    renewRecognizer(
      { renew: (_, tokens) => renewed.push(tokens) },
      { ...defaults, ...args },
      {
        stderr: { write: (text: string) => told.push(text) } as never,
        clock: systemClock,
        log: createLog('silent'),
      },
    )
  renew({ tokenFile: at('nothing') })
  t.same(renewed, [])
  t.match(told.join(''), /1 to 16 lines/)
  renew({ tokenFile: at('tokens') })
  t.same(renewed, [['a-token-of-16-characters', 'another-token-of-them']])
})
