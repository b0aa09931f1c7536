import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

const REMOTE = 'detectors/speech/recognizers/remote'

/** Faults in what recognisers behind a network are believed: what would let out speech that nobody has answered for. */
export const recognizerDamages: readonly Damage[] = [
  {
    name: 'words that Google gives no times lie where the stream begins',
    file: 'detectors/speech/recognizers/google/transcript.ts',
    source: 'timed.length >= texts.length && timed.every(isPlaced)',
    replacement: 'timed.length > 0',
    why: 'a number is silenced where it was not said, and leaves where it was',
    tests: ['detectors/speech/recognizers/google/transcript'],
  },
  {
    name: 'a certainty that is none counts for nothing',
    file: 'detectors/speech/recognizers/grpc/protocol.ts',
    source: 'told >= 0 && told <= 1 ? told : 1',
    replacement: 'told >= 0 && told <= 1 ? told : 0',
    why: 'the numbers of a server that counts in percent leave',
    tests: ['detectors/speech/recognizers/grpc/protocol'],
  },
  {
    name: 'what is spotted behind a network is understood as sentences',
    file: 'detectors/speech/detector.ts',
    source: 'if (word.isSpot !== true) {',
    replacement: 'if (word.isSpot !== true || sentences !== null) {',
    why: 'a lone number behind a phrase leaves',
    tests: ['integration/spots'],
  },
  ...inFile(`${REMOTE}/leg.ts`, [
    {
      name: 'a recogniser may flood',
      source: 'return this.#wordCount > WORDS_MAX',
      replacement: 'return words > WORDS_MAX',
      why: 'one server takes the time of the loop, and every call is late',
      tests: [`${REMOTE}/leg`],
    },
    {
      name: 'a recogniser may vouch for audio that it was not sent',
      source: 'const answered = Math.min(this.sentSample, this.startSample + Math.floor(heardSample))',
      replacement: 'const answered = this.startSample + Math.floor(heardSample)',
      why: 'a server that claims too much opens the call',
      tests: [`${REMOTE}/leg`],
    },
    {
      name: 'a stream that ended without being asked has answered',
      source: "this.outcome = outcome === 'done' && !isAsked ? 'unavailable' : outcome",
      replacement: 'this.outcome = outcome',
      why: 'a server that shuts down in good order vouches for what it dropped',
      tests: [`${REMOTE}/leg`],
    },
    {
      name: 'a stream that was given up is still believed',
      source: 'if (!this.#isHeard || this.outcome !== null) return\n    if (this.#areTooMany',
      replacement: 'if (this.#areTooMany',
      why: 'an answer to another stream moves the watermark',
      tests: [`${REMOTE}/leg`],
    },
  ]),
  ...inFile(`${REMOTE}/remote-track.ts`, [
    {
      name: 'an answer counts before the one that it follows',
      source: 'if (this.#voice.nextVoiced(this.#answeredSample) >= leg.startSample)\n',
      replacement: '',
      why: 'what the stream before it has not answered for passes',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'a stream that failed is not noticed',
      source: "if (leg.outcome !== null && leg.outcome !== 'done') {",
      replacement: "if (leg.outcome === 'credentials') {",
      why: 'nobody listens to the rest of the call: it is silent for nothing',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'what is no longer kept is vouched for',
      source: 'if (startSample < sample && this.#isListening)',
      replacement: 'if (startSample > sample)',
      why: 'speech that came in a burst while the recogniser was away passes',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'calls that are no longer armed need no answer for what was said before',
      source: 'return this.#answeredSample < this.#armedUntilSample',
      replacement: 'return false',
      why: 'the last digits before a payment step ends pass',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'a call is over before its last words have come',
      source: 'this.#legs.length === 0 && this.#answeredSample >= this.heardSample',
      replacement: 'this.#legs.length === 0',
      why: 'what was said when the recogniser was lost passes with the end of the call',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'a stream that follows another begins where that ended',
      source: 'this.#openAt(leg.sentSample - this.#samples(this.plan.overlapMs))',
      replacement: 'this.#openAt(leg.sentSample)',
      why: 'a word that the change cuts in two is heard by neither',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'a frozen stream is waited for without end',
      source: "this.#fail('no-answer')",
      replacement: 'this.#forget()',
      why: 'a call is silent to its end because one stream hung',
      tests: [`${REMOTE}/remote-track`],
    },
    {
      name: 'a peer that does not read is sent everything',
      source: 'if (leg.stream.bufferedBytes >= 2 * this.#samples(UNREAD_MS_MAX)) return false',
      replacement: '',
      why: 'audio of every call piles up in memory behind a slow server',
      tests: [`${REMOTE}/remote-track`],
    },
  ]),
  ...inFile(`${REMOTE}/voice-activity.ts`, [
    {
      name: 'what comes before a loud sound counts as quiet',
      source: 'this.#heardSample - (this.#isFinished ? 0 : this.#padBefore)',
      replacement: 'this.#heardSample',
      why: 'the soft beginning of a word passes before anybody is asked',
      tests: [`${REMOTE}/voice-activity`, `${REMOTE}/remote-track`],
    },
  ]),
  ...inFile(`${REMOTE}/kept-audio.ts`, [
    {
      name: 'what is forgotten stays in memory',
      source: 'this.#ring.fill(0, at, end)',
      replacement: '',
      why: 'spoken digits outlive their call in a buffer',
      tests: [`${REMOTE}/kept-audio`],
    },
  ]),
  ...inFile('detectors/speech/recognizers/google/transcript.ts', [
    {
      name: 'new words begin where the result before them ended',
      source: 'const newSince = Math.max(0, this.#heardSample - this.#samples(GUARD_MS), end - longest)',
      replacement: 'const newSince = Math.max(0, this.#heardSample, end - longest)',
      why: 'the beginning of a digit lies before its span',
      tests: ['detectors/speech/recognizers/google/transcript'],
    },
    {
      name: 'words that replace others are placed behind them',
      source: 'Math.min(known[first]?.startSample ?? Infinity, newSince)',
      replacement: 'newSince',
      why: 'digits that were first heard as words are not covered',
      tests: ['detectors/speech/recognizers/google/transcript'],
    },
  ]),
]
