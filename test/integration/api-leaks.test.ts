// What may come in by the API and must stay nowhere: card numbers as ids, actors and metadata values, words in bodies that are
// refused, a provider's whole message. Looked for in the log at its most talkative, the metrics, the ledger and the files.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import type { Log } from '../../proxy/edge/log.js'
import { policySchema } from '../../proxy/policy/options.js'
import { calmCall, liveProxy, quickPolicy, until } from '../support/live-proxy.js'
import { signedDelivery, webhookConfig } from '../support/webhook.js'

/** A card number that passes the check digit, and words that stand nowhere else. */
const SECRETS = ['4929567845231891', 'diabetes-gxq', 'bearer-of-nothing-77'] as const
const [CARD, WORD, FALSE_KEY] = SECRETS

const bytesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith('.wav'))
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n')

t.test(
  'nothing that the API is sent beside its closed words is in the log, the metrics or the ledger',
  async (t) => {
    const lines: string[] = []
    const log: Log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
    const policy = policySchema.parse({
      ...quickPolicy,
      payment: { ...quickPolicy.payment, addressBy: ['agent'] },
      consent: { mode: 'opt-out', earlierAudio: 'erase' },
    })
    const live = await liveProxy(t, { log, policy, admin: { webhooks: [webhookConfig] } })
    const ask = async (path: string, body: object | string, headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${live.proxy.adminPort}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return response.status
    }
    const delivered = (message: object | string, at = Date.now()) => {
      const { body, headers } = signedDelivery(message, at)
      return ask('webhooks/psp', body, headers)
    }
    const statuses: number[] = []
    await live.play('CA1', calmCall(3), {
      speed: 4,
      metadata: { agent: CARD },
      cues: [
        {
          atMs: 1000,
          async run() {
            const start = { state: 'started', signalId: CARD, actor: CARD }
            statuses.push(
              await ask('calls/CA1/payment', start),
              await ask(`calls/by/agent/${CARD}/payment`, start),
              await ask(`calls/${CARD}/payment`, start),
              await ask('calls/CA1/payment', { state: WORD, signalId: CARD, [WORD]: CARD }),
              await ask('calls/CA1/payment', `{"state": "${WORD}`),
              await ask('calls/CA1/consent', { state: 'withdrawn', signalId: CARD, actor: CARD }),
              await ask(`webhooks/${WORD}`, { note: WORD }),
              await delivered({ type: 'created', id: CARD, call: CARD, note: WORD }),
              await delivered(`not json ${WORD} ${CARD}`),
              await delivered({ type: 'created', id: CARD }, 0),
              await ask('payment', { token: FALSE_KEY, state: 'started' }),
              await ask('calls/CA1/payment', start, { authorization: `Bearer ${FALSE_KEY}` }),
            )
          },
        },
      ],
    })
    await until(() => live.recordings().has('CA1'), 'the recording is kept')
    const page = await (await fetch(`http://127.0.0.1:${live.proxy.adminPort}/metrics`)).text()
    await live.proxy.drain(0)
    t.ok(statuses.filter((status) => status < 300).length >= 3, `some are answered: ${statuses}`)
    t.ok(statuses.filter((status) => status >= 400).length >= 6, 'and some are refused')
    const ledger = bytesIn(live.ledgerDirectory)
    t.match(ledger, /"kind":"refusal"/)
    t.match(ledger, /"kind":"recalled"/)
    const everything = [lines.join(''), page, ledger, bytesIn(live.directory)].join('\n')
    for (const secret of SECRETS) t.notOk(everything.includes(secret), `not ${secret.length} characters`)
  },
)
