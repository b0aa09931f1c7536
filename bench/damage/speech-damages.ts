import type { Damage } from './damages.js'
import { inFolder } from './in-file.js'

const inFile = inFolder('detectors/speech/')

/** Faults in how speech is heard: what would let spoken numbers pass, or leave them in memory. */
export const speechDamages: readonly Damage[] = [
  ...inFile('digit-runs.ts', [
    {
      name: 'numbers that wait for more do not hold the watermark',
      source: 'watermark = Math.min(watermark, Math.max(this.#reachOf(run), heardSample - waitSamples))',
      replacement: 'watermark = Math.min(watermark, heardSample)',
      why: 'the first digits of a card number leave before the third is known',
      tests: ['detectors/speech/digit-runs'],
    },
    {
      name: 'two numbers that can wait no longer are let go',
      source: 'sureCountBefore(tokens, startSample + waitSamples) >= sureShare * digitsMinAtWaitEnd',
      replacement: 'sureCountBefore(tokens, startSample + waitSamples) > 1000',
      why: 'the first digits of a number that is read slowly leave',
      tests: ['detectors/speech/digit-runs'],
    },
    {
      name: 'armed, a number must be sure',
      source: '(this.isArmed && count >= digitsMinArmed)',
      replacement: '(this.isArmed && sureCount >= digitsMinArmed)',
      why: 'a digit in noise leaves while a card is being paid with',
      tests: ['detectors/speech/digit-runs'],
    },
    {
      name: 'a number that a phrase announced is not expected',
      source: 'tokens.some(({ startSample }) => this.isExpectedAt(startSample))',
      replacement: 'false',
      why: 'a security code that is heard in part leaves',
      tests: ['detectors/speech/digit-runs', 'detectors/speech/detector'],
    },
    {
      name: 'numbers that follow each other are one',
      source: 'Math.abs(a.startSample - b.startSample) < apartSamples',
      replacement: 'Math.abs(a.startSample - b.startSample) <= apartSamples',
      why: 'digits that are read fast count for fewer than there are, and leave',
      tests: ['detectors/speech/digit-runs'],
    },
  ]),
  ...inFile('spotted-windows.ts', [
    {
      name: 'words that are only suspected count for as much as sure ones',
      source: '(isFinal ? this.#closers : this.#openers)[track] ?? []',
      replacement: '[...(this.#closers[track] ?? []), ...(this.#openers[track] ?? [])]',
      why: 'phrases that nobody said end and prolong windows',
      tests: ['detectors/speech/spotted-windows'],
    },
    {
      name: 'a window is for ever',
      source: 'payment.idleSeconds * 1000',
      replacement: 'Infinity',
      why: 'every number of the call is silenced after one phrase',
      tests: ['detectors/speech/spotted-windows'],
    },
    {
      name: 'words of a phrase may be any time apart',
      source: 'samples > 0 && samples <= this.wordsSamples',
      replacement: 'samples > 0',
      why: 'windows open all the time',
      tests: ['detectors/speech/spotted-windows'],
    },
    {
      name: 'two people say a phrase together',
      source: '(isFinal ? this.#closers : this.#openers)[track] ?? []',
      replacement: '(isFinal ? this.#closers : this.#openers)[0] ?? []',
      why: 'the agent’s phrases are not heard, or half of a phrase is anybody’s',
      tests: ['detectors/speech/spotted-windows'],
    },
  ]),
  ...inFile('recognizers/embedded/keyword-segments.ts', [
    {
      name: 'a word that may be being said does not hold the watermark',
      source: 'return step - this.#longestPending',
      replacement: 'return step',
      why: 'what is told of it lies before what was promised',
      tests: ['detectors/speech/recognizers/embedded/keyword-segments'],
    },
  ]),
  ...inFile('recognizers/embedded/word-segments.ts', [
    {
      name: 'of two stretches of a word the first says how sure it is',
      source: 'closed.likeliest = Math.max(closed.likeliest, open.likeliest)',
      replacement: '',
      why: 'a digit that begins in noise does not count',
      tests: ['detectors/speech/recognizers/embedded/word-segments'],
    },
    {
      name: 'a word that is being said does not hold the watermark',
      source: 'return this.#closed?.startStep ?? this.#open?.startStep ?? step',
      replacement: 'return step',
      why: 'a digit leaves before it is known to be one',
      tests: ['detectors/speech/recognizers/embedded/word-segments'],
    },
  ]),
  ...inFile('detector.ts', [
    {
      name: 'a number beside what nobody heard is a lone one',
      source: 'unheard.add(word.startSample, word.endSample)',
      replacement: '',
      why: 'where a thread was lost in a card number, its last digit leaves',
      tests: ['detectors/speech/detector'],
    },
  ]),
  ...inFile('recognizers/embedded/track-spotter.ts', [
    {
      name: 'the delay of the net is forgotten',
      source: 'this.#isAsleep ? this.#step : this.#step - this.#waitingSteps - delaySteps',
      replacement: 'this.#step',
      why: 'a digit leaves before the net has said what it was',
      tests: ['detectors/speech/recognizers/index', 'detectors/index'],
    },
    {
      name: 'steps that wait for the net count as heard',
      source: 'this.#step - this.#waitingSteps - delaySteps',
      replacement: 'this.#step - delaySteps',
      why: 'a digit leaves before the net has been asked',
      tests: ['detectors/speech/recognizers/embedded/track-spotter'],
    },
    {
      name: 'the beginning of a track is not listened to',
      source: 'if (step < this.#wokenAtStep) return',
      replacement: 'if (step < this.#wokenAtStep + 22) return',
      why: 'the digits with which a call or a stream begins leave',
      tests: ['detectors/speech/recognizers/embedded/track-spotter'],
    },
  ]),
  ...inFile('recognizers/embedded/kernel-net.ts', [
    {
      name: 'what a stream held stays in memory',
      source: 'this.#floats.fill(0, region / 4, (region + this.#streamBytes) / 4)',
      replacement: '',
      why: 'what was said in one call is heard in another',
      tests: ['detectors/speech/recognizers/embedded/net'],
    },
    {
      name: 'of several steps the first layer forgets the last',
      source: 'shorts.copyWithin(region / 2, at + features.length, at + features.length + featuresBefore)',
      replacement: 'shorts.copyWithin(region / 2, at + FEATURES, at + FEATURES + featuresBefore)',
      why: 'what is heard depends on how audio was cut',
      tests: ['detectors/speech/recognizers/embedded/net'],
    },
  ]),
  ...inFile('recognizers/embedded/narrow.ts', [
    {
      name: 'the weights of an output may add up to anything',
      source: 'sum / (WEIGHT_SUM_MAX - inputs / 2)',
      replacement: '0',
      why: 'sums overflow, and the net hears nonsense',
      tests: ['detectors/speech/recognizers/embedded/narrow'],
    },
  ]),
  ...inFile('recognizers/embedded/record-ring.ts', [
    {
      name: 'audio that a worker has read stays in shared memory',
      source: 'this.#ints.fill(0, at / 4, (at + bytes) / 4)',
      replacement: '',
      why: 'gone is not gone',
      tests: ['detectors/speech/recognizers/embedded/record-ring'],
    },
  ]),
  ...inFile('recognizers/embedded/spotter-service.ts', [
    {
      name: 'audio that a worker was not given is not told as unheard',
      source:
        'if (before !== undefined) this.#answer(ANSWER.word, id, before.toldSample, stream.fromSample, UNHEARD)',
      replacement: '',
      why: 'an overloaded worker lets numbers pass',
      tests: ['detectors/speech/recognizers/embedded/worker-recognizer'],
    },
  ]),
  ...inFile('recognizers/embedded/worker-recognizer.ts', [
    {
      name: 'what a worker had when it died is not told as unheard',
      source: 'this.heard(UNHEARD, this.watermarkSample, fromSample + cutWordSamples(clockRateHz))',
      replacement: 'void 0',
      why: 'what was said while no worker listened leaves',
      tests: ['detectors/speech/recognizers/embedded/worker-recognizer'],
    },
  ]),
  ...inFile('recognizers/embedded/worker-link.ts', [
    {
      name: 'a worker that hangs is waited for',
      source: 'return nowMs - this.#lastReadAtMs < FROZEN_MS',
      replacement: 'return nowMs - this.#lastReadAtMs < Infinity',
      why: 'its calls stay silent for ever',
      tests: ['detectors/speech/recognizers/embedded/worker-recognizer'],
    },
    {
      name: 'audio for which there was no room counts as given',
      source: 'this.#isBehind = true\n    return false',
      replacement: 'return true',
      why: 'numbers in it leave as if somebody had listened',
      tests: ['detectors/speech/recognizers/embedded/worker-recognizer'],
    },
    {
      name: 'a worker that falls behind is asked on',
      source: 'this.lagMs(nowMs) > (this.#isBehind ? CAUGHT_UP_MS : BEHIND_MS)',
      replacement: 'this.lagMs(nowMs) > Infinity',
      why: 'its calls never catch up with their deadlines',
      tests: ['detectors/speech/recognizers/embedded/worker-recognizer'],
    },
  ]),
]
