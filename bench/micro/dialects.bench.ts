/**
 * What a dialect costs per frame: receive, encode as it came, and encode silenced; Twilio's beside a JSON parser.
 *
 *     node dist/bench/micro/dialects.bench.js
 */
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { encodeMedia as encodeFork } from '../../proxy/dialects/binary-media.js'
import type { ForkEvent } from '../../proxy/dialects/dialect.js'
import { encodeMedia as encodeTwilio } from '../../proxy/dialects/json-media/encode.js'
import { forgetPayload, recallPayload } from '../../proxy/dialects/json-media/payload.js'
import { JsonMediaReceiver } from '../../proxy/dialects/json-media/receiver.js'
import { modAudioForkSchema } from '../../proxy/dialects/mod-audio-fork/options.js'
import { ModAudioForkReceiver } from '../../proxy/dialects/mod-audio-fork/receive.js'
import { twilioWire } from '../../proxy/dialects/twilio/messages.js'
import { twilioSchema } from '../../proxy/dialects/twilio/options.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import { textMessage, textOf, type WireMessage } from '../../proxy/media/wire.js'

const ROUNDS = 7
const FRAMES = 200_000

const media = textMessage(
  JSON.stringify({
    event: 'media',
    sequenceNumber: '2',
    media: {
      track: 'inbound',
      chunk: '1',
      timestamp: '61',
      payload: Buffer.from(Uint8Array.from({ length: 160 }, (_, i) => i * 37)).toString('base64'),
    },
    streamSid: 'MZ1',
  }),
)
const escaped = textMessage(textOf(media).replace('"chunk"', '"level":-26,"chunk"'))
const audio = { data: new Uint8Array(640).fill(3), isBinary: true }

const out: ForkEvent[] = []
const frameOf = (
  receiver: { receive(message: WireMessage, nowMs: number, out: ForkEvent[]): void },
  message: WireMessage,
): MediaFrame => {
  out.length = 0
  receiver.receive(message, 0, out)
  return (out.at(-1) as Extract<ForkEvent, { kind: 'media' }>).frame
}

/** A frame as it is held: its message alone. */
const heard = (message: WireMessage): MediaFrame => {
  const frame = frameOf(twilio, message)
  forgetPayload(frame)
  return frame
}

const twilio = new JsonMediaReceiver(twilioWire(twilioSchema.parse({}).options))
twilio.receive(textMessage('{"event":"connected"}'), 0, out)
twilio.receive(
  textMessage('{"event":"start","start":{"callSid":"CA1","streamSid":"MZ1","tracks":["inbound"]}}'),
  0,
  out,
)
const fork = new ModAudioForkReceiver(modAudioForkSchema.parse({}).options, () => 'bench')
fork.receive(textMessage('{"mixType":"stereo"}'), 0, out)

const variants: Record<string, () => unknown> = {
  'twilio, as it came': () => encodeTwilio(heard(media), false),
  'twilio, silenced': () => {
    const frame = heard(media)
    recallPayload(frame)
    frame.payload.fill(0xff)
    const message = encodeTwilio(frame, true)
    forgetPayload(frame)
    return message
  },
  'twilio, a key that we do not know': () => encodeTwilio(heard(escaped), false),
  'JSON.parse and base64, for comparison': () =>
    Buffer.from(JSON.parse(textOf(media)).media.payload, 'base64'),
  'mod_audio_fork, as it came': () => encodeFork(frameOf(fork, audio), false),
  'mod_audio_fork, silenced': () => encodeFork(frameOf(fork, audio), true),
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const microseconds = (run: () => unknown): number => {
  const startedAtMs = performance.now()
  for (let i = 0; i < FRAMES; i++) run()
  return ((performance.now() - startedAtMs) * 1000) / FRAMES
}

console.log(`${cpus()[0]?.model}, Node ${process.version}, ${ROUNDS} rounds of ${FRAMES} frames, medians`)
const rounds = new Map(Object.keys(variants).map((name) => [name, [] as number[]]))
for (let round = 0; round < ROUNDS; round++)
  for (const [name, run] of Object.entries(variants)) rounds.get(name)!.push(microseconds(run))
for (const [name, values] of rounds) console.log(`${median(values).toFixed(3).padStart(8)} µs  ${name}`)
