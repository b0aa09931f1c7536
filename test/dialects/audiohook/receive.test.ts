import t from 'tap'
import { readClient, readServer } from '../../../proxy/dialects/audiohook/receive.js'
import { textMessage } from '../../../proxy/media/wire.js'
import { SESSION } from '../../support/audiohook-fork.js'
import { rng } from '../../support/rng.js'

const id = `"version":"2","id":"${SESSION}"`
const client = (type: string, parameters: string) =>
  `{${id},"type":"${type}","seq":9,"serverseq":8,"position":"PT74.2S","parameters":${parameters}}`
const server = (type: string, parameters: string) =>
  `{${id},"type":"${type}","seq":11,"clientseq":12,"parameters":${parameters}}`

const ids = `"organizationId":"${SESSION}","conversationId":"${SESSION}"`
const participant = `{"id":"${SESSION}","ani":"+441632960001","aniName":"","dnis":"+441632960099"}`
const media = '{"type":"audio","format":"PCMU","channels":["external","internal"],"rate":8000}'

/** Every message type, with parameters that are right and parameters that are wrong. */
const clientMessages: Record<string, [string, string[]]> = {
  open: [
    `{${ids},"participant":${participant},"media":[${media}],"language":"en-GB","customConfig":{}}`,
    [
      '{}',
      `{${ids},"participant":${participant}}`,
      `{${ids},"participant":{},"media":[]}`,
      `{${ids},"participant":${participant},"media":[],"customConfig":"x"}`,
    ],
  ],
  ping: ['{"rtt":"PT0.0015S"}', ['{"rtt":1}', '{"rtt":"PT1M"}', '{"rtt":"PT1e-7S"}', '[]']],
  paused: ['{}', ['null']],
  resumed: [
    '{"start":"PT61.4S","discarded":"PT12.8S"}',
    ['{}', '{"start":"PT0S"}', '{"start":"PT0S","discarded":"-1"}'],
  ],
  discarded: ['{"start":"PT.5S","discarded":"PT1S"}', ['{"start":"PT0S","discarded":"PT1000001S"}']],
  update: ['{"language":"es-419"}', ['{"language":5}']],
  error: [
    '{"code":429,"message":"slow down","retryAfter":"PT1S"}',
    ['{"code":399,"message":""}', '{"code":"400","message":""}', '{"code":400}'],
  ],
  close: ['{"reason":"end"}', ['{}', '{"reason":"END"}']],
  dtmf: ['{"digit":"#"}', ['{}', '{"digit":""}', '{"digit":"12"}', '{"digit":5}']],
  playback_started: ['{}', ['0']],
  playback_completed: ['{}', ['"x"']],
}

const serverMessages: Record<string, [string, string[]]> = {
  opened: [
    `{"media":[${media}],"startPaused":true,"discardTo":"PT1S","supportedLanguages":["en-GB"]}`,
    ['{}', `{"media":[${media},${media}]}`, '{"media":[{"type":"audio"}]}', '{"media":[],"startPaused":1}'],
  ],
  pong: ['{}', ['1']],
  pause: ['{}', ['1']],
  resume: ['{}', ['1']],
  event: [
    '{"entities":[{"type":"transcript","data":{}}]}',
    ['{}', '{"entities":[]}', '{"entities":[{"data":1}]}', '{"entities":{}}'],
  ],
  updated: ['{}', ['1']],
  reconnect: ['{"info":"maintenance"}', ['{"info":1}']],
  disconnect: [
    '{"reason":"completed","info":"done"}',
    ['{}', '{"reason":"bored"}', '{"reason":"error","info":[]}'],
  ],
  closed: ['{"outputVariables":{"a":"b"}}', ['null']],
}

for (const [side, read, write, messages] of [
  ['client', readClient, client, clientMessages],
  ['server', readServer, server, serverMessages],
] as const) {
  for (const [type, [good, bad]] of Object.entries(messages)) {
    t.test(`${side}: ${type} is read with the parameters that it has`, async (t) => {
      const { message, fault } = read(textMessage(write(type, good)))
      t.equal(fault, null)
      t.match(message, { type, parameters: JSON.parse(good) })
      for (const parameters of bad) {
        const wrong = read(textMessage(write(type, parameters)))
        t.equal(wrong.message, null)
        t.match(wrong.fault, /^(parameters|envelope)$/, parameters)
      }
    })
  }

  t.test(`${side}: numbers are read even of what is not understood`, async (t) => {
    const expected =
      side === 'client' ? { id: SESSION, seq: 9, peerSeq: 8 } : { id: SESSION, seq: 11, peerSeq: 12 }
    t.match(read(textMessage(write('hello', '{}'))), {
      numbers: expected,
      message: null,
      fault: 'unknown-type',
    })
    t.match(read(textMessage(write('toString', '{}'))), { fault: 'unknown-type' })
    t.match(read(textMessage(write('__proto__', '{}'))), { fault: 'unknown-type' })
  })

  t.test(`${side}: cut at every byte, a message is a fault`, async (t) => {
    for (const [type, [good]] of Object.entries(messages)) {
      const { data } = textMessage(write(type, good))
      for (let end = 0; end < data.length; end++) {
        const { message, fault } = read({ data: data.subarray(0, end), isBinary: false })
        if (message !== null || fault !== 'not-json') t.fail(`${type} cut at ${end}`)
      }
    }
  })

  t.test(`${side}: mutated anywhere (seed 7), a message is read or is a fault`, async (t) => {
    const random = rng(7)
    const all = Object.entries(messages)
    for (let i = 0; i < 3_000; i++) {
      const [type, [good]] = all[i % all.length]!
      const { data } = textMessage(write(type, good))
      for (let flips = 1 + random() * 3; flips > 0; flips--)
        data[Math.floor(random() * data.length)] = Math.floor(random() * 256)
      const { message, fault } = read({ data, isBinary: false })
      if ((message === null) === (fault === null)) t.fail('neither read nor a fault')
    }
  })
}

t.test('the envelope has its fields, and none of the other side’s will do', async (t) => {
  for (const text of [
    '',
    ' ',
    '[]',
    'null',
    '1',
    '"open"',
    '{}',
    server('pong', '{}'),
    client('ping', '{}').replace('"2"', '2'),
  ])
    t.match(readClient(textMessage(text)).fault, /^(not-json|envelope)$/, text)
  t.equal(readServer(textMessage(client('ping', '{}'))).fault, 'envelope')
  for (const [from, to] of [
    ['"seq":9', '"seq":9.5'],
    ['"seq":9', '"seq":-9'],
    ['"seq":9', '"seq":"9"'],
    ['"seq":9', '"seq":1e300'],
    ['"serverseq":8', '"serverseq":null'],
    ['PT74.2S', 'PT74.2'],
    ['PT74.2S', `PT${'9'.repeat(40)}S`],
    [SESSION, 'session'],
  ] as const)
    t.equal(readClient(textMessage(client('ping', '{}').replace(from, to))).fault, 'envelope', to)
})

t.test('JSON as deep as a message is long is read', async (t) => {
  const deep = `{"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
  t.equal(readClient(textMessage(client('paused', deep))).fault, null)
})
