import t from 'tap'
import type { TrackWord } from '../../../../../proxy/detectors/speech/recognizers/remote/leg.js'
import type { ListeningPlan } from '../../../../../proxy/detectors/speech/recognizers/remote/listening-plan.js'
import { RemoteTrack } from '../../../../../proxy/detectors/speech/recognizers/remote/remote-track.js'
import { speak, speech, type ToneWord } from '../../../../support/tone-speech.js'
import { ToySpeechService } from '../../../../support/toy-speech-service.js'

const RATE = 8_000
const FRAME = 160
const ms = (value: number): number => (value * RATE) / 1000

const plan: ListeningPlan = {
  listen: 'speech',
  voiceLevelDbov: -55,
  hangoverMs: 700,
  leadMs: 300,
  overlapMs: 2_000,
  answerMs: 2_000,
  endMsMax: 4_000,
  streamMs: 240_000,
  streamMsMax: 280_000,
  guardMs: 300,
}

/** A track with a toy behind it; audio goes in as frames of 20 ms. */
const trackWith = (changes: Partial<ListeningPlan> = {}) => {
  const service = new ToySpeechService(RATE)
  const faults: string[] = []
  let sentSamples = 0
  const track = new RemoteTrack(RATE, { ...plan, ...changes }, service.open, {
    sent: (samples) => {
      sentSamples += samples
    },
    faulted: (fault) => faults.push(fault),
  })
  const words: TrackWord[] = []
  const say = (pcm: Int16Array, each: () => void = () => undefined): void => {
    for (let at = 0; at < pcm.length; at += FRAME) {
      track.push(pcm.subarray(at, at + FRAME), track.heardSample)
      each()
      track.drain(words)
      if (track.watermarkSample > track.heardSample) throw new Error('vouches for what it has not heard')
    }
  }
  return {
    service,
    track,
    faults,
    words,
    say,
    quiet: (length: number) => say(new Int16Array(ms(length))),
    sent: () => sentSamples,
  }
}

const DIGITS: ToneWord[] = ['four', 'nine', 'two', 'nine', 'double', 'one', 'seven', 'zero']

t.test('a stream is opened when somebody speaks and ended when nobody does', async (t) => {
  const { service, quiet, say } = trackWith()
  quiet(3_000)
  t.equal(service.streams.length, 0, 'quiet costs nothing')
  say(speech(['four', 'nine']))
  t.equal(service.streams.length, 1)
  t.ok(
    service.newest.startSample <= ms(2_800) && service.newest.startSample >= ms(2_400),
    'from before the speech',
  )
  quiet(900)
  t.equal(service.newest.isEnded, false)
  quiet(200)
  t.equal(service.newest.isEnded, true)
  quiet(5_000)
  say(speech(['two']))
  t.equal(service.streams.length, 2)
})

t.test('words have their place in the call, whichever stream heard them', async (t) => {
  const { words, quiet, say } = trackWith()
  quiet(1_000)
  say(speech(['four', 'nine']))
  quiet(4_000)
  say(speech(['two']))
  quiet(2_000)
  t.same(
    words.map(({ text }) => text),
    ['four', 'nine', 'two'],
  )
  const near = (sample: number, wantedMs: number): boolean => Math.abs(sample - ms(wantedMs)) < ms(5)
  t.ok(near(words[1]!.startSample, 1_350) && near(words[1]!.endSample, 1_600))
  t.ok(near(words[2]!.startSample, 5_700) && near(words[2]!.endSample, 5_950))
})

t.test('quiet is vouched for as it comes, less what may be the beginning of speech', async (t) => {
  const { track, quiet } = trackWith()
  quiet(10_000)
  t.equal(track.watermarkSample, ms(10_000 - 200 - 300))
})

t.test('speech that nobody has answered for stops the watermark, whatever comes after it', async (t) => {
  const { service, track, quiet, say } = trackWith({ answerMs: 60_000, endMsMax: 60_000 })
  service.isPrompt = false
  quiet(1_000)
  say(speech(DIGITS))
  quiet(5_000)
  t.equal(track.watermarkSample, ms(1_000 - 200 - 300))
  service.streams[0]!.answer()
  t.equal(track.watermarkSample > ms(3_000), true)
})

t.test('a stream that ends well has answered for a noise without words', async (t) => {
  const { service, track, words, quiet, say } = trackWith()
  service.isPrompt = false
  quiet(1_000)
  say(speech(['hello']).subarray(0, ms(30)))
  quiet(1_200)
  const [stream] = service.streams
  t.equal(stream!.isEnded, true)
  t.equal(track.watermarkSample, ms(500), 'it has not been said yet that there was nothing')
  stream!.handler.ended('done')
  quiet(20)
  t.same(words, [])
  t.equal(track.watermarkSample, track.heardSample - ms(500))
})

t.test(
  'speech that nothing is said about is asked about: the stream is ended, and followed by another',
  async (t) => {
    const { service, track, quiet, say } = trackWith()
    service.isPrompt = false
    quiet(1_000)
    const hum = new Int16Array(ms(20_000)).map((_, i) => (i % 3) * 4_000)
    say(hum.subarray(0, ms(2_400)))
    t.equal(service.streams.length, 2)
    const [first, second] = service.streams
    t.equal(first!.isEnded, true)
    t.ok(
      second!.startSample <= first!.startSample + first!.sentSamples - ms(2_000),
      'which is told the last 2 s again',
    )
    t.ok(track.watermarkSample < ms(1_000))
    first!.handler.ended('done')
    t.ok(track.watermarkSample > ms(2_500), 'its end says that it was no speech')
  },
)

t.test('a peer that is frozen vouches for nothing', async (t) => {
  const { service, track, faults, quiet, say } = trackWith()
  service.isPrompt = false
  quiet(1_000)
  for (let i = 0; i < 3; i++) say(speech(DIGITS))
  t.ok(track.watermarkSample <= ms(500))
  t.ok(faults.length > 0 && faults.every((fault) => fault === 'no-answer'))
  t.ok(
    service.streams.filter(({ isDestroyed, isEnded }) => !isDestroyed || !isEnded).length <=
      4 + faults.length,
  )
  t.equal(track.hasFailed, false)
})

t.test('what is older than any hold-back is not waited for, and told as unheard', async (t) => {
  const { service, track, words, quiet, say } = trackWith({ answerMs: 60_000, endMsMax: 60_000 })
  service.isPrompt = false
  quiet(1_000)
  for (let i = 0; i < 10; i++) say(speech(DIGITS))
  t.ok(track.watermarkSample >= track.heardSample - ms(10_000) - ms(300))
  t.ok(track.watermarkSample <= track.heardSample - ms(9_500))
  t.ok(words.every(({ text }) => text === ''))
  const unheard = words.map(({ startSample, endSample }) => [startSample, endSample])
  t.ok(unheard[0]![0]! <= ms(1_000))
  t.ok(unheard.every(([start], i) => i === 0 || start! <= unheard[i - 1]![1]!))
  t.ok(unheard.at(-1)![1]! >= track.watermarkSample, 'it is told as unheard, without a gap')
})

t.test('after a stream broke, another is told what nobody has answered for', async (t) => {
  const { service, track, faults, words, quiet, say } = trackWith()
  quiet(1_000)
  const pcm = speech(DIGITS)
  say(pcm.subarray(0, ms(700)))
  service.isPrompt = false
  say(pcm.subarray(ms(700), ms(1_400)))
  service.newest.fail('unavailable')
  service.isPrompt = true
  say(pcm.subarray(ms(1_400)))
  quiet(2_000)
  t.same(faults, ['unavailable'])
  t.equal(service.streams.length, 2)
  const heard = words.map(({ text }) => text)
  for (const word of DIGITS) t.ok(heard.includes(word), word)
  t.equal(track.watermarkSample, track.heardSample - ms(500))
})

t.test('the waits between streams that break grow to 8 s, and the watermark stands meanwhile', async (t) => {
  const { service, track, say } = trackWith({ listen: 'always' })
  service.isPrompt = false
  const opened: number[] = []
  let seen = 0
  const pcm = speech(DIGITS)
  for (let i = 0; i < 15; i++)
    say(pcm, () => {
      if (service.streams.length === seen) return
      seen = service.streams.length
      opened.push(track.heardSample)
      service.newest.fail('unavailable')
    })
  const waits = opened.slice(1).map((at, i) => Math.round((at - opened[i]!) / ms(10)) * 10)
  t.same(waits.slice(0, 6), [260, 500, 1_000, 2_000, 4_000, 8_000])
  t.ok(track.watermarkSample <= track.heardSample - ms(9_500))
})

t.test('who does not want us is not asked again', async (t) => {
  for (const fault of ['credentials', 'refused'] as const) {
    const { service, track, quiet, say } = trackWith()
    say(speech(['four']))
    const watermark = track.watermarkSample
    service.newest.fail(fault)
    quiet(20_000)
    say(speech(DIGITS))
    t.equal(track.hasFailed, true)
    t.equal(service.streams.length, 1)
    t.equal(track.watermarkSample, watermark)
  }
})

t.test('a stream of some age is followed by another at the next pause, and no word is lost', async (t) => {
  const { service, words, say } = trackWith({ streamMs: 6_500, streamMsMax: 60_000, hangoverMs: 10_000 })
  const pcm = new Int16Array(ms(9_000))
  const spoken: ToneWord[] = ['four', 'nine', 'two', 'one', 'seven', 'zero', 'eight', 'five']
  // Words every 900 ms: between them there is a pause of half a second, of which 150 ms are called quiet.
  for (const [i, word] of spoken.entries()) speak(pcm, RATE, word, 300 + 1_050 * i, 600 + 1_050 * i)
  say(pcm)
  const [first, second] = service.streams
  t.equal(service.streams.length, 2)
  t.equal(first!.isEnded, true)
  t.ok(second!.startSample < first!.startSample + first!.sentSamples)
  const places = [...new Set(words.map(({ text }) => text))]
  t.same(places, spoken)
})

t.test('without a pause it is followed before it is too old', async (t) => {
  const { service, words, say } = trackWith({ streamMs: 5_000, streamMsMax: 6_000 })
  const spoken = [...DIGITS, ...DIGITS, ...DIGITS, ...DIGITS]
  say(speech(spoken))
  t.equal(service.streams.length, 3)
  t.ok(service.streams.every(({ sentSamples }) => sentSamples <= ms(6_100)))
  const wholeAt = (i: number): boolean =>
    words.some(
      ({ text, startSample, endSample }) =>
        text === spoken[i] && startSample < ms(350 * i + 10) && endSample > ms(350 * i + 240),
    )
  for (let i = 0; i < spoken.length - 1; i++) t.ok(wholeAt(i), `word ${i} is heard whole`)
})

t.test('to a peer that does not read no more than a second is sent', async (t) => {
  const { service, track, faults, say } = trackWith({ answerMs: 60_000 })
  service.isPrompt = false
  say(speech(DIGITS), () => {
    if (service.streams.length > 0) service.newest.bufferedBytes = 2 * service.newest.sentSamples
  })
  t.ok(service.newest.sentSamples <= ms(1_100))
  for (let i = 0; i < 4; i++) say(speech(DIGITS))
  t.same(faults, ['no-answer'], 'and when it should be told what is no longer kept, it is given up')
  t.ok(track.watermarkSample < track.heardSample - ms(9_000))
})

t.test('a stream that is behind catches up at three times the pace of speech', async (t) => {
  const { service, quiet, say } = trackWith()
  service.isPrompt = false
  quiet(1_000)
  say(speech(['four']))
  service.newest.fail('quota')
  for (let i = 0; i < 2; i++) say(speech(DIGITS).subarray(0, ms(100)))
  const before = track5(service)
  say(speech(DIGITS))
  t.ok(service.newest.sentSamples <= ms(1_000) + 3 * ms(2_800) + before)
})

const track5 = (service: ToySpeechService): number => service.newest.sentSamples

t.test('calls that are not armed are not listened to, and everything in them is vouched for', async (t) => {
  const { service, track, words, quiet, say } = trackWith({ listen: 'armed' })
  say(speech(DIGITS))
  t.equal(service.streams.length, 0)
  t.equal(track.watermarkSample, track.heardSample - ms(300))
  track.alertness = 'armed'
  say(speech(['one', 'seven']))
  t.equal(service.streams.length, 1)
  t.ok(service.newest.startSample <= ms(2_800 - 1_700), 'from before it was armed')
  t.equal(service.newest.alertness, 'armed')
  quiet(2_000)
  t.ok(words.some(({ text, endSample }) => text === 'zero' && endSample < ms(2_900)))
  track.alertness = 'calm'
  quiet(500)
  say(speech(DIGITS))
  t.equal(service.streams.length, 1)
})

t.test('what was said while the call was armed still needs its answer when it is not any more', async (t) => {
  const { service, track, quiet, say } = trackWith({ listen: 'armed' })
  service.isPrompt = false
  quiet(3_000)
  track.alertness = 'armed'
  say(speech(['four', 'nine']))
  track.alertness = 'calm'
  const watermark = track.watermarkSample
  quiet(3_000)
  t.equal(track.watermarkSample, watermark)
  t.ok(watermark <= ms(3_000))
  for (const stream of service.streams) stream.fail('unavailable')
  quiet(500)
  t.equal(track.watermarkSample, watermark, 'also when the stream that should have answered broke')
  service.newest.finish()
  quiet(100)
  t.equal(track.watermarkSample, track.heardSample - ms(300))
})

t.test('at the end the last words are waited for', async (t) => {
  const { service, track, words, say } = trackWith()
  service.isPrompt = false
  say(speech(['four', 'nine']))
  track.finish()
  t.equal(service.newest.isEnded, true)
  t.equal(service.newest.sentSamples, track.heardSample)
  t.ok(track.watermarkSample < track.heardSample)
  service.newest.finish()
  track.drain(words)
  t.equal(track.watermarkSample, Infinity)
  t.same(
    words.map(({ text }) => text),
    ['four', 'nine'],
  )
})

t.test('a call that ends in quiet waits for nobody', async (t) => {
  const { track, quiet } = trackWith()
  quiet(1_000)
  track.finish()
  t.equal(track.watermarkSample, Infinity)
})

t.test('a call that ends while nobody can be reached is not vouched for', async (t) => {
  const { service, track, say } = trackWith()
  service.isPrompt = false
  say(speech(['four', 'nine']))
  service.newest.fail('unavailable')
  say(speech(['one']).subarray(0, ms(100)))
  track.finish()
  t.equal(service.streams.length, 2, 'another is asked, once')
  t.ok(track.watermarkSample < ms(300))
  service.newest.fail('unavailable')
  t.ok(track.watermarkSample < ms(300))
})

t.test('a gap is digital silence, and one that outlasts every hold-back begins anew', async (t) => {
  const { service, track, words, say, quiet } = trackWith()
  say(speech(['four']))
  track.skip(ms(3_000))
  t.equal(track.heardSample, ms(3_000))
  t.ok(track.watermarkSample >= ms(2_500))
  track.skip(ms(3_600_000))
  t.equal(track.watermarkSample, ms(3_600_000 - 500))
  say(speech(['nine']))
  quiet(2_000)
  t.equal(service.streams.length, 2)
  t.equal(words.at(-1)?.text, 'nine')
  t.ok(words.at(-1)!.startSample >= ms(3_599_990))
})

t.test('what was sent is told when its stream is over', async (t) => {
  const { service, track, quiet, say, sent } = trackWith()
  say(speech(['four']))
  quiet(3_000)
  t.equal(sent(), service.newest.sentSamples)
  track.close()
})

t.test('a word behind the watermark is told where that stands, and counted', async (t) => {
  const { service, track, faults, words, say } = trackWith({ guardMs: 0, answerMs: 60_000 })
  service.isPrompt = false
  say(speech(DIGITS))
  service.newest.handler.answered([], ms(2_000))
  const watermark = track.watermarkSample
  t.equal(watermark, ms(2_000))
  const word = { text: 'four', startSample: ms(900), endSample: ms(2_100), isFinal: true }
  service.newest.handler.answered([word, { ...word, endSample: ms(1_200) }], ms(2_000))
  track.drain(words)
  t.match(words, [
    { text: 'four', startSample: ms(2_000), endSample: ms(2_100) },
    { text: 'four', startSample: ms(2_000), endSample: ms(2_000) + 1 },
  ])
  t.same(faults, ['late', 'late'])
})

t.test('what another stream has answered for is not told again by the one that follows it', async (t) => {
  const { service, faults, words, quiet, say } = trackWith({
    guardMs: 0,
    streamMs: 1_200,
    streamMsMax: 1_500,
    overlapMs: 500,
  })
  say(speech(DIGITS))
  quiet(2_000)
  t.ok(service.streams.length > 2)
  // The streams change in the middle of a word: each tells its part of it.
  t.same(
    words.map(({ text }) => text),
    ['four', 'nine', 'two', 'nine', 'double', 'double', 'one', 'seven', 'zero', 'zero'],
  )
  t.ok(words.every(({ startSample }, i) => i === 0 || startSample >= words[i - 1]!.endSample))
  t.same(faults, [])
})
