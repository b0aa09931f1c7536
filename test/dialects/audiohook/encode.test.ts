import t from 'tap'
import { encodeClient, encodeServer, PARAMETERS_CHARS_MAX } from '../../../proxy/dialects/audiohook/encode.js'
import { textOf } from '../../../proxy/media/wire.js'
import { SESSION } from '../../support/audiohook-fork.js'

t.test('a client message carries serverseq and position', async (t) => {
  t.equal(
    textOf(encodeClient('close', SESSION, 12, 10, 'PT180.4S', '{"reason":"end"}')),
    '{"version":"2","type":"close","id":"e160e428-53e2-487c-977d-96989bf5c99d","seq":12,"serverseq":10,"position":"PT180.4S","parameters":{"reason":"end"}}',
  )
})

t.test('a server message carries clientseq', async (t) => {
  t.equal(
    textOf(encodeServer('closed', SESSION, 11, 12, '{}')),
    '{"version":"2","type":"closed","id":"e160e428-53e2-487c-977d-96989bf5c99d","seq":11,"clientseq":12,"parameters":{}}',
  )
})

t.test('the longest parameters fit with the longest envelope', async (t) => {
  const parameters = `{"a":"${'x'.repeat(PARAMETERS_CHARS_MAX - 8)}"}`
  t.equal(parameters.length, PARAMETERS_CHARS_MAX)
  const big = Number.MAX_SAFE_INTEGER
  const message = encodeClient('playback_completed', SESSION, big, big, `PT${'9'.repeat(29)}S`, parameters)
  t.ok(textOf(message).length <= 65_535)
})
