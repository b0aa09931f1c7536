import t from 'tap'
import { PlainMediaReader } from '../../../proxy/dialects/json-media/plain-media.js'
import { twilioWire } from '../../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../../proxy/dialects/twilio/options.js'
import { mediaMemories, wayOf } from '../../support/media-memories.js'

const plain =
  '{"event":"media","sequenceNumber":"2","media":{"track":"outbound","chunk":"1","timestamp":"61","payload":"//7+fn=="},"streamSid":"MZ1"}'

const layout = twilioWire(twilioSchema.parse({}).options).media
for (const memory of mediaMemories)
  t.test(`plain messages ${wayOf(memory)}`, async (t) => {
    const reader = new PlainMediaReader(layout, 'MZ1', ['inbound', 'outbound'], null, memory)
    const read = (text: string): boolean => reader.read(Buffer.from(text))

    t.test("Twilio's own spelling is read", async (t) => {
      t.equal(read(plain), true)
      t.equal(reader.track, 1)
      t.equal(reader.timestampMs, 61)
      t.equal(plain.slice(reader.payloadStart, reader.payloadEnd), '//7+fn==')
    })

    t.test('order, white space and numbers as numbers make no difference', async (t) => {
      const spelled =
        ' {"streamSid" : "MZ1",\n"media": {"payload": "//7+fn==" ,"timestamp":61,"track":"inbound"},\t"event":"media","sequenceNumber":2} \r\n'
      t.equal(read(spelled), true)
      t.equal(reader.track, 0)
      t.equal(reader.timestampMs, 61)
      t.equal(spelled.slice(reader.payloadStart, reader.payloadEnd), '//7+fn==')
    })

    t.test('whatever could be read in two ways is left to the parser', async (t) => {
      const others = {
        'a key twice': plain.replace('"chunk":"1"', '"payload":"AAAA"'),
        'an event twice': plain.replace('"sequenceNumber":"2"', '"event":"media"'),
        'media twice': plain.replace(
          '"sequenceNumber":"2"',
          '"media":{"track":"inbound","timestamp":"1","payload":""}',
        ),
        'an unknown key': plain.replace('"chunk":"1"', '"digit":"1"'),
        'an escaped key': plain.replace('payload', 'p\\u0061yload'),
        'another event': plain.replace('"media","seq', '"dtmf","seq'),
        'another stream': plain.replace('MZ1', 'MZ2'),
        'an unannounced track': plain.replace('outbound', 'both'),
        'a fraction': plain.replace('"61"', '61.5'),
        'a sign': plain.replace('"61"', '"-61"'),
        'thirteen digits that are no time': plain.replace('"61"', '"4111111111111"'),
        'a zero that no number begins with': plain.replace('"61"', '061'),
        'fourteen digits': plain.replace('"61"', '"12345678901234"'),
        'no number': plain.replace('"61"', '""'),
        'no payload': plain.replace(',"payload":"//7+fn=="', ''),
        'a payload that is no text': plain.replace('"//7+fn=="', 'null'),
        'something behind': `${plain}{}`,
        'something before': `[${plain}`,
        'a comma at the end': plain.replace('"MZ1"}', '"MZ1",}'),
        'no JSON': 'media',
        nothing: '',
      }
      for (const [what, text] of Object.entries(others)) t.equal(read(text), false, what)
    })

    t.test('of a stream without a track that may go on, no message is plain', async (t) => {
      const media = { event: 'media', top: [{ key: 'payload', kind: 'payload' }], body: [] } as const
      t.ok(new PlainMediaReader(media, '', ['inbound']).read(Buffer.from('{"payload":"AAAA"}')))
      t.notOk(new PlainMediaReader(media, '', []).read(Buffer.from('{"payload":"AAAA"}')))
    })

    t.test('a message means the same by its shape as key by key', async (t) => {
      const fresh = (): PlainMediaReader =>
        new PlainMediaReader(layout, 'MZ1', ['inbound', 'outbound'], null, memory)
      const said = (by: PlainMediaReader, text: string): unknown[] =>
        by.read(Buffer.from(text))
          ? [by.track, by.timestampMs, by.counter, text.slice(by.payloadStart, by.payloadEnd)]
          : ['not plain']
      const spellings = [
        plain,
        plain.replace('outbound', 'inbound'),
        plain.replace('"61"', '9999999'),
        plain.replace('"61"', '"1234567890123"').replace('//7+fn==', ''),
        plain.replace('//7+fn==', 'AAAA'.repeat(50)),
        plain.replaceAll(':', ' : '),
      ]
      for (const first of spellings) {
        const learned = fresh()
        t.not(said(learned, first)[0], 'not plain')
        for (const text of [...spellings, first]) {
          t.same(said(learned, text), said(fresh(), text))
          for (let at = 0; at < text.length; at += 3)
            for (const char of ['"', '0', '}', ' ', '\\']) {
              const mutant = text.slice(0, at) + char + text.slice(at + 1)
              const [byShape, byKey] = [said(learned, mutant), said(fresh(), mutant)]
              // Where the payload ends too late it is no base64.
              const isMisplaced = String(byShape[3]).includes('"')
              if (!isMisplaced && String(byShape) !== String(byKey)) t.fail(`${byShape} ${byKey} ${mutant}`)
              said(learned, first)
            }
        }
      }
    })

    t.test('cut anywhere it is no plain message', async (t) => {
      for (let end = 0; end < plain.length; end++) if (read(plain.slice(0, end))) t.fail(`cut at ${end}`)
      t.equal(read(plain), true)
    })

    t.test('with any byte changed, what is accepted is what a JSON parser reads', async (t) => {
      let accepted = 0
      for (let at = 0; at < plain.length; at++)
        for (const char of ['"', '\\', '{', '}', ',', ':', ' ', '0', 'a', '\u0000']) {
          const mutant = plain.slice(0, at) + char + plain.slice(at + 1)
          if (
            !read(mutant) ||
            !/^[A-Za-z0-9+/=]*$/.test(mutant.slice(reader.payloadStart, reader.payloadEnd))
          )
            continue
          accepted++
          const { media, event, streamSid } = JSON.parse(mutant)
          t.same(
            [event, streamSid, media.track, Number(media.timestamp), media.payload],
            [
              'media',
              'MZ1',
              'outbound',
              reader.timestampMs,
              mutant.slice(reader.payloadStart, reader.payloadEnd),
            ],
          )
        }
      t.ok(accepted > 10)
    })
  })
