// What a call carries besides its audio, looked for where it must not be: in every line of the log at its most talkative, on
// the metrics page, in the recorder's files. Each dialect plays a call whose metadata and keys are secrets.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { type DialectName, dialects } from '../../proxy/dialects/index.js'
import type { Log } from '../../proxy/edge/log.js'
import { calmCall, liveProxy, until } from '../support/live-proxy.js'

const CALL_ID = '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10'

/** A card number that passes the check digit, and words and digits that stand nowhere else. */
const SECRETS = { card: '4929567845231891', cvv: 'cvv-737-cvv', note: 'diabetes-gxq', pin: '908172' } as const

const bytesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith('.wav'))
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
    .join('\n')

for (const dialect of Object.keys(dialects) as DialectName[])
  t.test(`${dialect}: no secret of a call is in the log, the metrics or a file`, async (t) => {
    const lines: string[] = []
    const log: Log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
    const live = await liveProxy(t, { dialect, log })
    const digits = [...SECRETS.pin].map((digit, i) => ({ atMs: 500 + 150 * i, digit }))
    await live.play(CALL_ID, calmCall(3), { metadata: SECRETS, digits })
    await until(() => lines.some((line) => line.includes('recording kept')), 'the call is recorded')
    const page = await (await fetch(`http://127.0.0.1:${live.proxy.adminPort}/metrics`)).text()
    const everything = [lines.join(''), page, bytesIn(live.directory)].join('\n')
    t.ok(lines.length > 2, 'the log was read')
    t.match(page, /hushfork_frames_total/, 'and the metrics')
    for (const secret of Object.values(SECRETS))
      t.notOk(everything.includes(secret), `not ${secret.length} characters`)
  })
