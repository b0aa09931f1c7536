import { accessDamages } from './access-damages.js'
import { asteriskDamages } from './asterisk-damages.js'
import { codecDamages } from './codec-damages.js'
import { dialectDamages } from './dialect-damages.js'
import { directoryDamages } from './directory-damages.js'
import { dtmfDamages } from './dtmf-damages.js'
import { faultDamages } from './fault-damages.js'
import { inFile } from './in-file.js'
import { jsonMediaDamages } from './json-media-damages.js'
import { ledgerDamages } from './ledger-damages.js'
import { memoryDamages } from './memory-damages.js'
import { processDamages } from './process-damages.js'
import { recognizeDamages } from './recognize-damages.js'
import { recognizerDamages } from './recognizer-damages.js'
import { signalDamages } from './signal-damages.js'
import { speechDamages } from './speech-damages.js'
import { transportDamages } from './transport-damages.js'
import { wordsDamages } from './words-damages.js'

/** One deliberate fault in the source, which the tests must notice. */
export interface Damage {
  /** What the damaged proxy does. */
  readonly name: string
  /** Under proxy/. */
  readonly file: string
  /** Text of the source that is replaced; it stands there exactly once. */
  readonly source: string
  readonly replacement: string
  /** What it would cost: what would leak, or what would be destroyed for nothing. */
  readonly why: string
  /** Tests that may notice, under test/ and without .test.ts, in the order in which they are asked. */
  readonly tests: readonly string[]
}

const timeline: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'the hold-back is not waited for',
    source: 'this.#isJudged(frame, gate) && this.#isHeldLongEnough(frame)',
    replacement: 'this.#isJudged(frame, gate)',
    why: 'a payment signal finds the seconds before it gone',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'frames leave before they are judged',
    source: 'this.#isJudged(frame, gate) && this.#isHeldLongEnough(frame)',
    replacement: 'this.#isHeldLongEnough(frame)',
    why: 'audio that a detector would have judged in time is silenced',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'unjudged audio passes at the deadline',
    source: "this.#cut(release, frame, channel, toleratedSample, endSample, 'deadline')",
    replacement: '',
    why: 'a detector that stalls lets everything out',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a frame counts as judged one sample early',
    source: 'if (gate.judgedSample(track) < endSample) return false',
    replacement: 'if (gate.judgedSample(track) < endSample - 1) return false',
    why: 'its last sample is silenced for nothing',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a frame made to leave is not silenced',
    source: 'this.#silence(frame, gate, release, item.unjudgeable)',
    replacement: 'if (!force) this.#silence(frame, gate, release, item.unjudgeable)',
    why: 'a full queue lets unjudged audio out',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'audio that nobody could listen to is judged like any other',
    source: 'if (unjudgeable !== null) {',
    replacement: 'if (unjudgeable === "") {',
    why: 'a codec that we cannot read is a way past the detectors',
    tests: ['timeline/timeline', 'session/call-session'],
  },
  {
    name: 'a span ends one sample short',
    source: 'Math.min(frame.sampleCount, endSample - frame.startSample)',
    replacement: 'Math.min(frame.sampleCount, endSample - frame.startSample - 1)',
    why: 'the last sample of a secret leaves',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a span begins one sample late',
    source: 'const start = Math.max(0, startSample - frame.startSample)',
    replacement: 'const start = Math.max(0, startSample - frame.startSample + 1)',
    why: 'the first sample of a secret leaves',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a span is forgotten while its audio is still held',
    source: 'this.#spans[track]!.prune(this.#releasedSample[track]!)',
    replacement: 'this.#spans[track]!.prune(this.#headSample[track]!)',
    why: 'the frames behind the one that leaves are no longer silenced',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a span for every track silences the first alone',
    source: 'if (span.track !== null && span.track !== track) continue',
    replacement: 'if ((span.track ?? 0) !== track) continue',
    why: 'the agent repeats the card number aloud',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'ending a span opens what is still held of it',
    source: 'span.endSample = Math.max(span.startSample, endSample)',
    replacement: 'span.endSample = span.startSample',
    why: 'the last seconds of every payment step leave',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'a stalled detector holds up the end for ever',
    source: ' || nowMs >= this.#flushDeadlineMs',
    replacement: '',
    why: 'the call never ends, and its last frames come a whole hold-back late',
    tests: ['timeline/timeline', 'session/call-session'],
  },
  {
    name: 'late spans are not counted',
    source: 'lateSamples = Math.max(lateSamples, lateHere)',
    replacement: 'void lateHere',
    why: 'a leak that nobody hears of',
    tests: ['timeline/timeline', 'session/call-session'],
  },
  {
    name: 'late audio is counted by every span anew',
    source: "accounted.unite({ track, startSample, endSample, reason: '' })",
    replacement: '',
    why: 'alarms that nobody believes any more',
    tests: ['timeline/timeline'],
  },
  {
    name: 'a hole in the stream counts as late',
    source: 'if (frame.startSample > holeStart) this.#account(track, holeStart, frame.startSample)',
    replacement: '',
    why: 'an alarm for audio that never was',
    tests: ['timeline/timeline', 'sim/call'],
  },
  {
    name: 'the answer to a late span promises silence that was not',
    source: 'firstSilentSample = Math.max(firstSilentSample, this.#releasedSample[track]!)',
    replacement: '',
    why: 'somebody relies on a first silent sample that is in the recording',
    tests: ['timeline/timeline', 'session/call-session'],
  },
  {
    name: 'audio that is given up stays in memory',
    source: 'item.frame.payload.fill(0)',
    replacement: '',
    why: 'gone is not gone',
    tests: ['timeline/timeline', 'session/call-session'],
  },
]

const span: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'spans that become one can be lifted no more',
    source: '...(a.isLiftable !== undefined && { isLiftable: a.isLiftable }),',
    replacement: '',
    why: 'an emergency is silent where a sentence was told in two parts',
    tests: ['timeline/span'],
  },
  {
    name: 'spans of different reasons are joined',
    source: 'a.reason === b.reason && a.track === b.track && ',
    replacement: 'a.track === b.track && ',
    why: 'the evidence names one reason for the silence of another',
    tests: ['timeline/span', 'timeline/timeline'],
  },
  {
    name: 'an open span is joined with the next',
    source: 'if (last !== undefined && isClosed(last) && isClosed(span) && touches(last, span)) {',
    replacement: 'if (last !== undefined && touches(last, span)) {',
    why: 'ending one payment step no longer ends it: the rest of the call is silent',
    tests: ['timeline/span', 'timeline/timeline'],
  },
  {
    name: 'a joined span ends with the newer of the two',
    source: 'endSample: Math.max(a.endSample, b.endSample)',
    replacement: 'endSample: b.endSample',
    why: 'a short span within a long one opens the rest of it',
    tests: ['timeline/span', 'sim/call'],
  },
  {
    name: 'at the limit a span is forgotten instead of joined',
    source: 'this.#spans[first] = joined(this.#spans[first]!, this.#spans[second]!)',
    replacement: '',
    why: 'a flood of keys opens one of them',
    tests: ['timeline/span'],
  },
  {
    name: 'a span is forgotten one sample early',
    source: 'if (span.endSample > beforeSample) this.#spans[kept++] = span',
    replacement: 'if (span.endSample > beforeSample + 1) this.#spans[kept++] = span',
    why: 'the last sample of a secret leaves when it is the first of a frame',
    tests: ['timeline/span', 'timeline/timeline'],
  },
]

const watermark: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'the gate leaves a failed detector out',
    source: 'hasFailed ? NOBODY_VOUCHES : detector.watermarkSample(track)',
    replacement: 'hasFailed ? Infinity : detector.watermarkSample(track)',
    why: 'a crash of one detector lets out what only it could know',
    tests: ['timeline/watermark', 'sim/call'],
  },
  {
    name: 'the fastest detector decides',
    source: 'lowest[track] = Math.min(lowest[track]!, sample)',
    replacement: 'lowest[track] = Math.max(lowest[track] === Infinity ? 0 : lowest[track]!, sample)',
    why: 'what the slower one is about to find has left',
    tests: ['timeline/watermark', 'sim/call'],
  },
  {
    name: 'the pad before a finding is not waited for',
    source: 'Math.min(plain[track]! - ownSamples, padded[track]!)',
    replacement: 'Math.min(plain[track]!, padded[track]!)',
    why: 'the attack of every key leaves',
    tests: ['timeline/watermark', 'sim/call'],
  },
  {
    name: 'the echo on other tracks is not waited for',
    source: 'sample = Math.min(sample, plain[other]! - crossSamples, padded[other]!)',
    replacement: 'sample = Math.min(sample, padded[other]!)',
    why: "a key's echo leaves on the other party's track",
    tests: ['timeline/watermark', 'sim/call'],
  },
  {
    name: 'the gate moves back',
    source: 'if (sample > passed[track]!) passed[track] = sample',
    replacement: 'passed[track] = sample',
    why: 'audio that was judged is silenced when a detector stumbles',
    tests: ['timeline/watermark'],
  },
  {
    name: 'a detector that fails open is never waited for',
    source: 'this.#advance(this.#lowest, this.#judged)',
    replacement: 'this.#advance(this.#lowestClosed, this.#judged)',
    why: 'a privileged setting for failures becomes one for every frame',
    tests: ['timeline/watermark', 'session/call-session'],
  },
  {
    name: 'without a detector everything passes',
    source: 'mandatory.length === 0 ? NOBODY_VOUCHES : Infinity',
    replacement: 'Infinity',
    why: 'a policy without detectors is a proxy without effect',
    tests: ['timeline/watermark', 'session/call-session'],
  },
]

const policy: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'what is to be silenced is only noted',
    source: 'if (this.#isNotedOnly(finding)) return false',
    replacement: "if (finding.detector === 'speech') return false",
    why: 'everything that is said leaves',
    tests: ['policy/policy'],
  },
  {
    name: 'nothing is silent before a finding',
    source: 'finding.startSample - (isOwn ? ownSamples : crossSamples!)',
    replacement: 'finding.startSample',
    why: 'the attack of every key leaves',
    tests: ['policy/policy', 'sim/call'],
  },
  {
    name: 'nothing is silent after a finding',
    source: 'finding.endSample + Math.max(isOwn ? this.#padAfterSamples : this.#echoAfterSamples, hold)',
    replacement: 'finding.endSample + hold',
    why: 'the decay of every key leaves',
    tests: ['policy/policy', 'sim/call'],
  },
  {
    name: 'a finding silences its own track only',
    source: 'if (!isOwn && crossSamples === null) continue',
    replacement: 'if (!isOwn) continue',
    why: "a key's echo leaves on the other party's track",
    tests: ['policy/policy', 'sim/call'],
  },
  {
    name: 'two keys are no entry',
    source: 'this.#isEntry = sinceLast <= this.#entryHoldSamples && this.#entryHoldSamples > 0',
    replacement: 'this.#isEntry = false',
    why: 'the one key of sixteen that the detector misses leaves',
    tests: ['policy/policy', 'sim/call'],
  },
  {
    name: 'a key and its echo are an entry',
    source: 'if (finding.track !== this.#lastOnsetTrack && Math.abs(sinceLast) <= this.#echoSamples) return',
    replacement: '',
    why: 'every menu choice costs three seconds of the call',
    tests: ['policy/policy'],
  },
  {
    name: 'a reported key silences nothing before its message',
    source: 'startSample: atSample - durationSamples - this.#eventBeforeSamples',
    replacement: 'startSample: atSample',
    why: 'the PBX reports a key when it is over: all of it leaves',
    tests: ['policy/policy', 'session/call-session'],
  },
]

const openSpans: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'a payment step does not look back',
    source: 'this.timeline.leadSample + opensBehind - this.#lookBackSamples',
    replacement: 'this.timeline.leadSample',
    why: 'what is said before the page has loaded leaves',
    tests: ['policy/open-spans', 'sim/call'],
  },
  {
    name: 'ending one payment step ends them all',
    source: 'this.timeline.close(step.span, clearFromSample)',
    replacement: 'for (const { span } of this.#steps.values()) this.timeline.close(span, clearFromSample)',
    why: "one agent's end opens another's step",
    tests: ['policy/open-spans'],
  },
  {
    name: 'an expired lease opens the span',
    source: '(options.endAfterExpirySeconds ?? Infinity) * 1000',
    replacement: '(options.endAfterExpirySeconds ?? 0) * 1000',
    why: 'a page that loses its network is heard by the recorder',
    tests: ['policy/open-spans', 'session/call-session'],
  },
  {
    name: 'a heartbeat does not renew the lease',
    source: 'step.leaseEndsAtMs = nowMs + step.leaseMs',
    replacement: '',
    why: 'alarms for every long payment, or its end where the policy ends them',
    tests: ['policy/open-spans'],
  },
  {
    name: 'silence ends with the end signal',
    source: 'this.timeline.leadSample + opensBehind + this.#padAfterSamples',
    replacement: 'this.timeline.leadSample + opensBehind',
    why: 'the fork lags behind the signal: the last digits leave',
    tests: ['policy/open-spans', 'sim/call'],
  },
  {
    name: 'a step ends before audio that has come and was not read',
    source: "this.kind === 'emergency' ? 0 : samplesOf(unreadMs, this.clockRateHz)",
    replacement: '0 * unreadMs',
    why: 'the last digits of a card lie in it',
    tests: ['policy/open-spans'],
  },
  {
    name: 'an emergency opens what has come before it and was not read',
    source: "this.kind === 'emergency' ? samplesOf(unreadMs, this.clockRateHz) : 0",
    replacement: '0 * unreadMs',
    why: 'what was said before nobody agreed to is heard',
    tests: ['policy/open-spans'],
  },
]

const session: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'time that passes lets nothing go',
    source: '|| this.#timeline.isHeadDue(nowMs)',
    replacement: '',
    why: 'what a stalled call has said is never recorded',
    tests: ['session/call-session'],
  },
  {
    name: 'frames leave by watermarks whose findings are not placed yet',
    source: `    this.#listeners.drain(this.#findings, this.#digits)
    for (const finding of this.#findings) {
      if (!this.#policy.onFinding(finding, this.#spans)) this.#tally.noted(finding)
      if (finding.isOnset) this.#tally.decided(finding, this.#timeline.leadSample)
    }
    if (this.#findings.length > 0) this.#findings.length = 0
    this.#place()
    this.#keys?.settle(this.#digits, nowMs)
    if (this.#digits.length > 0) this.#digits.length = 0
    this.#gate.update(this.#listeners.detectors)
`,
    replacement: `    this.#gate.update(this.#listeners.detectors)
    while (this.#releaseHead(0, false)) {}
    this.#listeners.drain(this.#findings, this.#digits)
    for (const finding of this.#findings) {
      if (!this.#policy.onFinding(finding, this.#spans)) this.#tally.noted(finding)
      if (finding.isOnset) this.#tally.decided(finding, this.#timeline.leadSample)
    }
    if (this.#findings.length > 0) this.#findings.length = 0
    this.#place()
    this.#keys?.settle(this.#digits, nowMs)
    if (this.#digits.length > 0) this.#digits.length = 0
`,
    why: 'a finding that comes with the watermark past it comes too late',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'text overtakes the audio before it',
    source: 'this.#timeline.pushMessage(held)',
    replacement: 'this.sink.toRecorder(this.parts.dialect.encodeMessage(held), 0)',
    why: 'the recorder hears of the end before the end, and drops the rest',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'a full queue drops what it holds',
    source: 'while (this.#timeline.isFull) this.#releaseHead(nowMs, true)',
    replacement: 'this.#timeline.discard()',
    why: 'the recording is shorter than the call',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'events are carried out again when the edge answers one',
    source: `for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
      this.#apply(event, nowMs)`,
    replacement: `for (let i = 0; i < this.#events.length; i++) this.#apply(this.#events[i]!, nowMs)
    this.#events.length = 0`,
    why: 'a call whose payment step began before it never begins',
    tests: ['session/call-session'],
  },
  {
    name: 'a payment signal in the stream does nothing',
    source: "this.#signals?.receive(inStream('payment', event.state), nowMs)",
    replacement: '',
    why: 'everything that is said during the step leaves',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'a reported key silences nothing',
    source:
      'this.#policy?.onDigit(event.track, this.#timeline.leadSample, event.durationSamples, this.#spans)',
    replacement: '',
    why: 'a key that the detector has missed leaves',
    tests: ['session/call-session'],
  },
  {
    name: 'detectors are not told of the end',
    source: 'this.#listeners.finish()',
    replacement: '',
    why: 'the last frames of every call are silenced for nothing',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'a party that sends nothing is waited for',
    source: 'this.#listeners.fillAbsentTracks(this.#timeline.leadSample)',
    replacement: '',
    why: 'a call on hold is silent as a whole',
    tests: ['session/call-session', 'sim/call'],
  },
  {
    name: 'a failed call still sends',
    source: "if (this.#state === 'failed') this.#dropEvents()",
    replacement: '',
    why: 'after a broken invariant nobody knows what it sends',
    tests: ['session/call-session'],
  },
  {
    name: 'a failed call keeps what it held',
    source: `    this.#timeline.discard()
    this.#endReason`,
    replacement: '    this.#endReason',
    why: 'unjudged audio stays in memory, and leaves with the next message',
    tests: ['session/call-session'],
  },
]

const listeners: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'audio that overlaps passes unheard',
    source: "if (frame.startSample < this.#heardTo[track]!) return 'overlapping-audio'",
    replacement: 'if (frame.startSample < this.#heardTo[track]!) return null',
    why: 'a repeated position is a way past the detectors',
    tests: ['session/listeners', 'session/call-session'],
  },
  {
    name: 'audio that cannot be decoded passes unheard',
    source: "return count < 0 ? 'undecodable-audio' : null",
    replacement: 'return null',
    why: 'a damaged header is a way past the detectors',
    tests: ['session/listeners', 'session/call-session'],
  },
  {
    name: 'the second channel is never listened to',
    source: 'lane.channel(channel, count)',
    replacement: 'lane.channel(0, count)',
    why: "the other party's keys leave",
    tests: ['session/call-session', 'sim/call'],
  },
]

const lane: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'a payload longer than its frame is listened to',
    source: 'if (this.#codec.sampleCount(frame.payload, format) !== frame.sampleCount) return -1',
    replacement: '',
    why: 'what lies behind the claimed length passes as judged',
    tests: ['session/lane'],
  },
  {
    name: 'silence in place is not sent',
    source: 'cuts.length > 0 || this.hasExtended || payload !== frame.payload',
    replacement: 'payload !== frame.payload',
    why: 'a dialect sends its message as it came',
    tests: ['session/lane', 'session/call-session'],
  },
  {
    name: 'a hidden copy silenced at the same length is not sent as silenced',
    source: 'cuts.length > 0 || this.hasExtended || payload !== frame.payload',
    replacement: 'cuts.length > 0 || payload !== frame.payload',
    why: 'the copy of the frame before leaves',
    tests: ['session/lane'],
  },
]

const guardedDetector: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'a failed detector comes back',
    source: "if (this.#hasFailed) return 'failed'",
    replacement: '',
    why: 'it takes what it missed for silence, and vouches for it',
    tests: ['session/guarded-detector'],
  },
  {
    name: 'a watermark that is no number counts',
    source: 'return Number.isNaN(sample) ? 0 : sample',
    replacement: 'return Number.isNaN(sample) ? Infinity : sample',
    why: 'an arithmetic slip in a detector lets everything out',
    tests: ['session/guarded-detector', 'sim/call'],
  },
]

const fifo: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'what has left stays in the ring',
    source: 'this.#slots[this.#head] = undefined',
    replacement: '',
    why: 'gone is not gone',
    tests: ['base/fifo'],
  },
]

const sampleSilencer: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'the last sample of a range is not overwritten',
    source: 'const endSample = Math.min(range.endSample, sampleCount)',
    replacement: 'const endSample = Math.min(range.endSample, sampleCount) - 1',
    why: 'the last sample of a secret leaves',
    tests: ['codecs/sample-silencer', 'sim/call'],
  },
  {
    name: 'bytes behind the last whole sample are left',
    source:
      'return ranges.length === 0 ? payload : payload.fill(this.fill[0]!, sampleCount * bytesPerInstant)',
    replacement: 'return payload',
    why: 'an odd byte of audio leaves with every silenced frame',
    tests: ['codecs/sample-silencer'],
  },
  {
    name: 'both channels are silenced for one',
    source: 'if (channel === null || channel >= this.channelCount) {',
    replacement: 'if (channel !== -1) {',
    why: 'the other party is silenced for nothing',
    tests: ['codecs/sample-silencer', 'session/lane'],
  },
]

const pcma: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'A-law silence is a loud sample',
    source: '| mantissa) ^ EVEN_BITS',
    replacement: '| mantissa)',
    why: 'a step at full scale at both ends of every span, and a recorder that trips over it',
    tests: ['codecs/pcma/pcma', 'codecs/index'],
  },
]

const g722Silencer: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'G.722 silence does not follow what passed before it',
    source: 'else this.follow(payload[at]!)',
    replacement: '',
    why: 'the recorder hears a hum instead of silence, and its decoder is shaken when the call comes back',
    tests: ['codecs/g722/silencer'],
  },
  {
    name: 'the upper band of G.722 is left as it came',
    source: '(this.high.encode(0) << 6)',
    replacement: '0',
    why: 'sibilants of what was said are still there',
    tests: ['codecs/g722/silencer'],
  },
  {
    name: 'G.722 silence is exact zeros',
    source: '(sample < 0 ? -1 : 1)',
    replacement: '0',
    why: 'behind it the recorder hears an error that is louder than the speech',
    tests: ['codecs/g722/silencer'],
  },
]

const opusSilencer: readonly Omit<Damage, 'file'>[] = [
  {
    name: 'Opus padding is not stripped',
    source: 'return packet.hasPadding ? withoutPadding(payload, packet) : payload',
    replacement: 'return payload',
    why: 'a second of past speech may be hidden in it (DRED)',
    tests: ['codecs/opus/silencer'],
  },
  {
    name: 'a copy hidden in the next Opus packet passes',
    source: 'this.#isRepeatDue && packet.hasRedundancy(payload)',
    replacement: 'false',
    why: 'the silenced frame is heard again, from its successor',
    tests: ['codecs/opus/silencer'],
  },
  {
    name: 'an Opus packet that cannot be read passes',
    source: 'const isSecret = ranges.length > 0 || !isReadable',
    replacement: 'const isSecret = ranges.length > 0',
    why: 'what we cannot read, another decoder may',
    tests: ['codecs/opus/silencer', 'codecs/index'],
  },
  {
    name: 'a silenced Opus packet stays in memory behind its silence',
    source: 'payload.fill(0)\n',
    replacement: '\n',
    why: 'gone is not gone',
    tests: ['codecs/opus/silencer'],
  },
]

/** Every fault that the tests have to notice. A damage whose source text has changed is an error, not a pass. */
export const damages: readonly Damage[] = [
  ...dialectDamages,
  ...accessDamages,
  ...processDamages,
  ...recognizerDamages,
  ...recognizeDamages,
  ...faultDamages,
  ...signalDamages,
  ...dtmfDamages,
  ...speechDamages,
  ...asteriskDamages,
  ...jsonMediaDamages,
  ...directoryDamages,
  ...ledgerDamages,
  ...memoryDamages,
  ...transportDamages,
  ...wordsDamages,
  ...codecDamages,
  ...inFile('timeline/timeline.ts', timeline),
  ...inFile('timeline/span.ts', span),
  ...inFile('timeline/watermark.ts', watermark),
  ...inFile('policy/policy.ts', policy),
  ...inFile('policy/open-spans.ts', openSpans),
  ...inFile('session/call-session.ts', session),
  ...inFile('session/listeners.ts', listeners),
  ...inFile('session/lane.ts', lane),
  ...inFile('session/guarded-detector.ts', guardedDetector),
  ...inFile('base/fifo.ts', fifo),
  ...inFile('codecs/sample-silencer.ts', sampleSilencer),
  ...inFile('codecs/pcma/pcma.ts', pcma),
  ...inFile('codecs/g722/silencer.ts', g722Silencer),
  ...inFile('codecs/opus/silencer.ts', opusSilencer),
]
