import t from 'tap'
import { VoiceActivity } from '../../../../../proxy/detectors/speech/recognizers/remote/voice-activity.js'

const RATE = 8_000
const ms = (value: number): number => (value * RATE) / 1000

/** A square wave of this level, dBov. */
const square = (lengthMs: number, levelDbov: number): Int16Array => {
  const amplitude = Math.round(32_768 * 10 ** (levelDbov / 20))
  return Int16Array.from({ length: ms(lengthMs) }, (_, i) => (i % 8 < 4 ? amplitude : -amplitude))
}

const quiet = (lengthMs: number): Int16Array => new Int16Array(ms(lengthMs))

t.test('speech counts from 200 ms before it to 300 ms after it', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  for (const pcm of [quiet(1_000), square(500, -30), quiet(1_000)]) voice.push(pcm)
  t.equal(voice.nextVoiced(0), ms(800))
  t.equal(voice.nextVoiced(ms(1_700)), ms(1_700))
  t.equal(voice.nextVoiced(ms(1_800)), ms(2_300), 'and nothing is certain of the last 200 ms')
  t.equal(voice.hasVoiceFrom(ms(1_799)), true)
  t.equal(voice.hasVoiceFrom(ms(1_800)), false)
})

t.test('what is quieter than the level is no speech, what is as loud is', async (t) => {
  const soft = new VoiceActivity(RATE, -55)
  soft.push(square(1_000, -55.5))
  t.equal(soft.nextVoiced(0), ms(800))
  const loud = new VoiceActivity(RATE, -55)
  loud.push(square(1_000, -54.5))
  t.equal(loud.nextVoiced(0), 0)
})

t.test('while somebody speaks, and until 300 ms later, nothing is called quiet', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  t.equal(voice.isSpeaking, false)
  voice.push(square(100, -30))
  voice.push(quiet(290))
  t.equal(voice.isSpeaking, true)
  voice.push(quiet(10))
  t.equal(voice.isSpeaking, false)
  voice.push(quiet(40))
  t.equal(voice.quietSamples, ms(40))
})

t.test('any split of the audio gives the same stretches', async (t) => {
  const pcm = Int16Array.from([
    ...quiet(333),
    ...square(77, -40),
    ...quiet(1_111),
    ...square(205, -20),
    ...quiet(777),
  ])
  const whole = new VoiceActivity(RATE, -55)
  whole.push(pcm)
  const cut = new VoiceActivity(RATE, -55)
  for (let at = 0; at < pcm.length; at += 37) cut.push(pcm.subarray(at, at + 37))
  for (let at = 0; at < pcm.length; at += 100) t.equal(cut.nextVoiced(at), whole.nextVoiced(at))
})

t.test('when nothing follows, what is quiet now stays quiet', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  voice.push(quiet(1_000))
  voice.finish()
  t.equal(voice.nextVoiced(0), ms(1_000))
})

t.test('speech that ends in the middle of a measured piece counts', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  voice.push(square(1_005, -20).subarray(ms(1_000)))
  voice.finish()
  t.equal(voice.nextVoiced(0), 0)
})

t.test('skipped audio is quiet', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  voice.skip(ms(5_000))
  t.equal(voice.nextVoiced(0), ms(4_800))
  voice.push(square(100, -30))
  t.equal(voice.nextVoiced(0), ms(4_800))
})

t.test('stretches beyond the bound become one: more speech, never less', async (t) => {
  const voice = new VoiceActivity(RATE, -55)
  for (let i = 0; i < 300; i++) {
    voice.push(square(20, -30))
    voice.push(quiet(1_000))
  }
  t.equal(voice.nextVoiced(0), 0)
  t.equal(voice.nextVoiced(ms(700)), ms(700), 'a pause that was joined counts as speech')
  t.equal(voice.nextVoiced(ms(299 * 1_020 - 400)), ms(299 * 1_020 - 200))
  voice.forget(ms(299 * 1_020))
  t.equal(voice.nextVoiced(0), ms(299 * 1_020 - 200))
})
