// The leak matrix of dialects on gRPC: secrets in every text that their PBX may send. None may reach the recorder or the
// call's metadata, and nothing that nobody knows may. Ids of the PBX's own making stay.
import t from 'tap'
import type { ForkEvent } from '../../proxy/dialects/dialect.js'
import { messageOf } from '../../proxy/dialects/held-message.js'
import { encodeField } from '../../proxy/dialects/protobuf.js'
import { ringcx } from '../../proxy/dialects/ringcx/ringcx.js'
import { webex } from '../../proxy/dialects/webex/webex.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { connect } from '../support/json-media.js'
import * as rc from '../support/ringcx.js'
import * as wx from '../support/webex.js'

const secrets: readonly (readonly [planted: string, seen: RegExp])[] = [
  ['4111111111111111', /4111111111111111/],
  ['pay 4111 1111 1111 1111 now', /1111 1111/],
  ['378282246310005', /378282246310005/],
  ['security code is 737', /is 737/],
  ['cvv is 0042', /0042/],
  ['{"card":"4111\\u0031111 1111 1111","pin":"4711"}', /1111 1111|4711/],
]

/** Every message that a PBX may send, with a secret in every text that is not an id. */
const calls = {
  ringcx: (secret: string): WireMessage[] => [
    rc.init({ ani: secret, dnis: secret, language: secret, attributes: { [secret]: 'x', y: secret } }),
    rc.join('s', rc.AGENT, { participant: { id: 'p', type: rc.AGENT, name: secret } }),
    rc.media('s', 1),
    rc.info('s', secret, secret),
    rc.leave('s'),
  ],
  webex: (secret: string): WireMessage[] => [
    wx.request({ additional_info: { [secret]: 'x', y: secret } }),
    wx.frame(wx.AGENT, 'l', {}, { additional_info: { [secret]: 'x', y: secret } }),
  ],
}

/** All that leaves a call, and what the session is told of it, as text. */
const told = (dialect: typeof ringcx | typeof webex, messages: readonly WireMessage[]): string => {
  const connection = connect(dialect as typeof ringcx)
  const out: ForkEvent[] = []
  for (const message of messages) connection.receive(message, 0, out)
  connection.pbxClosed(true, 0, out)
  return out
    .map((event) => {
      if (event.kind === 'started') return JSON.stringify(event.call)
      if (event.kind === 'media') return textOf(connection.encodeMedia(event.frame, false))
      return 'held' in event && event.held !== null ? textOf(messageOf(event.held)) : ''
    })
    .join('\n')
}

const textOf = ({ data }: WireMessage): string => Buffer.from(data).toString('latin1')

for (const dialect of [ringcx, webex] as const) {
  const messages = calls[dialect.name as keyof typeof calls]

  for (const [planted, seen] of secrets)
    t.test(`${dialect.name}: ${seen.source} in any text is seen nowhere`, async (t) => {
      const after = told(dialect, messages(planted))
      t.ok(after.length > 100)
      t.notMatch(after, seen)
    })

  t.test(`${dialect.name}: what its name gives away is seen nowhere`, async (t) => {
    const named =
      dialect === ringcx
        ? [
            rc.init({ attributes: { cvv: '737', dtmf: '5', pin: '4711' } }),
            rc.join('s', 2),
            rc.info('s', 'digits', '83915'),
          ]
        : [wx.frame(1, 'l', {}, { additional_info: { cvv: '737', dtmf: '5', pin: '4711', digits: '83915' } })]
    t.notMatch(told(dialect, named), /737|4711|83915|dtmf..5/)
  })

  t.test(`${dialect.name}: a field that nobody knows is seen nowhere, wherever it stands`, async (t) => {
    const foreign = encodeField(99, 'pressed 5551234')
    for (const message of messages('calm')) {
      const data = Uint8Array.from([...message.data, ...foreign])
      t.notMatch(told(dialect, [...messages('calm').slice(0, 2), { data, isBinary: true }]), '5551234')
    }
  })
}
