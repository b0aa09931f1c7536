import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults in what processes tell each other of their calls: what would open a call elsewhere, lose a step, or tell a stranger. */
export const directoryDamages: readonly Damage[] = [
  ...inFile('directory/seal.ts', [
    {
      name: 'a sealed payload opens at another place',
      source: '.setAAD(Buffer.from(place))\n        .setAuthTag',
      replacement: '.setAuthTag',
      why: "an old word is played again under another call's key",
      tests: ['directory/seal'],
    },
    {
      name: 'names on the bus are not keyed',
      source: "createHmac('sha256', this.#nameKey)",
      replacement: "createHmac('sha256', '')",
      why: 'whoever reads the bus finds call ids by trying',
      tests: ['directory/seal'],
    },
  ]),
  ...inFile('directory/router.ts', [
    {
      name: 'an emergency is said to several calls of several processes',
      source: 'if (isSeveral && !isSilencing(signal) && !isEnd(signal)) return severalOpen',
      replacement: '',
      why: 'calls are heard in which nobody is in danger',
      tests: ['directory/router'],
    },
    {
      name: 'an end by metadata guesses among the calls of several processes',
      source: 'isSeveral && isEnd(signal) ? this.#meant(signal, all) : sharesOf(signal, all)',
      replacement: 'sharesOf(signal, all)',
      why: "the end of one call's payment opens another's",
      tests: ['directory/router'],
    },
    {
      name: 'a start that nobody answered is not kept',
      source: 'if (answers.includes(null)) control.keepOrWithdraw(signal, this.parts.nowMs())',
      replacement: '',
      why: 'a call whose process is slow is heard in a payment step',
      tests: ['directory/router'],
    },
    {
      name: 'while split a signal is carried out by what is known here',
      source: "if (peers.state === 'split') return this.#whileSplit(signal, here.length > 0)",
      replacement: '',
      why: 'an end by metadata opens a call, and nobody knows of the others that it meant',
      tests: ['directory/router'],
    },
  ]),
  ...inFile('directory/merge.ts', [
    {
      name: 'a process that did not answer counts as one that has nothing',
      source: 'if (given.length < answers.length)',
      replacement: 'if (given.length === 0)',
      why: 'a payment page is told that a call is silent that is not',
      tests: ['directory/merge'],
    },
  ]),
  ...inFile('directory/call-map.ts', [
    {
      name: 'a process that has gone is asked for ever',
      source: 'nowMs - (this.#beatsMs.get(instance) ?? -Infinity) < this.silentMsMax',
      replacement: 'nowMs > 0',
      why: 'signals for its calls stay unavailable, and wait for nothing',
      tests: ['directory/call-map'],
    },
    {
      name: "another tenant's calls are found elsewhere",
      source: '(tenants === null || tenants.includes(tenant)) && this.#isThere',
      replacement: 'tenant.length > 0 && this.#isThere',
      why: "one tenant's signal reaches another's call",
      tests: ['directory/call-map'],
    },
  ]),
  ...inFile('directory/outbox.ts', [
    {
      name: 'a word that was replaced while it was written is forgotten',
      source: 'if (untold !== undefined && untold.word !== word)',
      replacement: 'if (untold === undefined)',
      why: 'a step that has just begun is known nowhere else',
      tests: ['directory/outbox'],
    },
    {
      name: 'words are given up unseen',
      source: 'this.lost()',
      replacement: '',
      why: 'nobody knows that a step is known nowhere else',
      tests: ['directory/outbox'],
    },
  ]),
  ...inFile('directory/nats-directory.io.ts', [
    {
      name: 'while NATS is stopped a process takes itself for connected',
      source: 'this.#echoedAtMs[bucket] > sinceMs && this.#isToldSince(bucket, sinceMs)',
      replacement: 'bucket.length > 0 || this.#isToldSince(bucket, sinceMs)',
      why: 'an end by metadata opens a call here, and nobody knows of the others that it meant',
      tests: ['directory/nats-directory.io', 'integration/nats'],
    },
    {
      name: 'what cannot be told to the others does not part a process from them',
      source: '&& this.#isToldSince(bucket, sinceMs)',
      replacement: '',
      why: 'steps that are open here are known nowhere else, and nobody is warned',
      tests: ['directory/nats-directory.io'],
    },
    {
      name: 'together again before what waited has been told',
      source: 'Math.max(sinceMs, this.#openedAtMs)',
      replacement: 'sinceMs',
      why: 'a step that began in the split is known nowhere else when the split is said to be over',
      tests: ['directory/nats-directory.io'],
    },
    {
      name: 'an end that came before its start is not told to other hosts',
      source: "this.#say('steps', this.#earlyKey(end), { kind: 'ended-early', by: this.instance, end })",
      replacement: '',
      why: 'an older start that reaches another host keeps its call silent to the end',
      tests: ['directory/nats-directory.io', 'integration/nats'],
    },
  ]),
  ...inFile('directory/nats-link.io.ts', [
    {
      name: 'of two hosts that are shown the same the second one is first as well',
      source: '{ previousSeq: revision }',
      replacement: '{ timeout: USED_MS_MAX + revision }',
      why: 'a delivery that is sent to two hosts at once is taken by both',
      tests: ['directory/nats-uses.io'],
    },
    {
      name: 'calls wait for a pause between steps to be told',
      source: 'if (!this.#writing.has(bucket))',
      replacement: 'if (this.#writing.size === 0)',
      why: 'a call that is live elsewhere is taken for one that has not come yet: a page hears `pending`, and the caller is heard',
      tests: ['directory/nats-directory.io'],
    },
  ]),
  ...inFile('directory/nats-uses.io.ts', [
    {
      name: 'what was last seen here of a token is believed, whatever has become of it elsewhere',
      source: 'known === seen.known && now.revision === seen.revision',
      replacement: 'known === seen.known && now !== null',
      why: 'a token that was spent at another host silences a call',
      tests: ['directory/nats-uses.io'],
    },
    {
      name: 'in a split what is new is granted',
      source: "return known === seen.known ? result : 'untold'",
      replacement: 'return result',
      why: "a provider's old message ends a step because NATS is down",
      tests: ['directory/nats-uses.io'],
    },
    {
      name: 'what somebody without the secret has written counts as nothing',
      source: '?? UNREADABLE',
      replacement: '?? null',
      why: 'whoever reaches the bus makes a delivery good again',
      tests: ['directory/nats-uses.io'],
    },
  ]),
  ...inFile('policy/open-spans.ts', [
    {
      name: "a signal's way is taken out of its look-back",
      source: 'samplesOf(onItsWayMs, this.clockRateHz)',
      replacement: '0 * onItsWayMs',
      why: 'the first digits are heard of a card whose signal was slow, though they were still held',
      tests: ['policy/open-spans'],
    },
    {
      name: "a signal's way makes late what had left",
      source: 'Math.max(madeSample, this.timeline.heldFromSample)',
      replacement: 'madeSample',
      why: 'a recorder is asked to erase what nobody asked to be silent',
      tests: ['policy/open-spans'],
    },
  ]),
  ...inFile('session/call-signals.ts', [
    {
      name: 'a clock that is wrong is believed',
      source: 'ms > 0 && ms <= ON_ITS_WAY_MS_MAX ? ms : 0',
      replacement: 'Math.max(0, ms)',
      why: 'every step of an agent whose clock is behind takes all that is held',
      tests: ['session/call-signals'],
    },
    {
      name: 'an emergency is heard from before its signal came',
      source: "issuedAtMs === null || kind === 'emergency'",
      replacement: 'issuedAtMs === null',
      why: 'what was said before nobody agreed to is heard',
      tests: ['session/call-signals'],
    },
  ]),
  ...inFile('directory/just-ended.ts', [
    {
      name: 'what has just ended here is taken up again from somebody who had not heard',
      source: 'nowMs - (this.#atMs.get(name) ?? -Infinity) <= ENDED_MS',
      replacement: 'nowMs < 0 && this.#atMs.has(name)',
      why: 'a call stays silent behind its payment step: evidence is lost',
      tests: ['directory/just-ended'],
    },
  ]),
  ...inFile('directory/split-silence.ts', [
    {
      name: 'calls that began in a split stay silent',
      source: 'for (const session of this.#sessions) session.setSplit(false, nowMs)',
      replacement: '',
      why: 'a whole call is lost for a split of seconds',
      tests: ['directory/split-silence'],
    },
    {
      name: 'a call that begins in a split is heard',
      source: 'session.setSplit(true, nowMs)',
      replacement: '',
      why: 'a payment step that is open elsewhere is heard',
      tests: ['directory/split-silence'],
    },
  ]),
  ...inFile('session/control-plane.ts', [
    {
      name: 'what another process keeps opens a call',
      source: 'isKnown || !isSilencing(signal)) return',
      replacement: 'isKnown) return',
      why: 'consent that was given long ago opens a call that has been withdrawn since',
      tests: ['session/control-plane-elsewhere'],
    },
    {
      name: 'a step that is over elsewhere is dropped while its call is here',
      source: 'else if (this.#streamsOf(record.ref).length === 0) this.#memory.disown',
      replacement: 'else this.#memory.disown',
      why: "the call's next stream is heard in a step that is open here",
      tests: ['session/control-plane-elsewhere'],
    },
  ]),
  ...inFile('session/kept-signals.ts', [
    {
      name: 'a step elsewhere does not last as long as its renewals',
      source: 'known.expiresAtMs = expiresAtMs',
      replacement: 'known.expiresAtMs = known.expiresAtMs * 1',
      why: 'a long payment step is forgotten while it is open',
      tests: ['session/kept-signals'],
    },
    {
      name: "an end takes back what waits for another tenant's call",
      source: 'slotOf(other) !== slot || scopeOf(other) !== scope',
      replacement: 'slotOf(other) !== slot',
      why: "one tenant's end opens another's call",
      tests: ['session/kept-signals'],
    },
  ]),
]
