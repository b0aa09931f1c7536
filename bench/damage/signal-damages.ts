import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults in what signals do: who may say what, to which call, and what it opens. */
export const signalDamages: readonly Damage[] = [
  ...inFile('policy/ending.ts', [
    {
      name: "the PBX's end signal ends a step from outside",
      source: 'if (step.origin !== end.origin) return endedBy.includes(end.origin)',
      replacement: '',
      why: 'a call taken off hold opens a payment step that the page has open',
      tests: ['policy/ending'],
    },
    {
      name: 'an unknown name ends one of several steps',
      source: "if (others.length > 0) return 'several-open'",
      replacement: '',
      why: "one page's end opens another's step",
      tests: ['policy/ending'],
    },
    {
      name: "a caller's key ends a step",
      source: "if (end.origin === 'caller-key') return false",
      replacement: "if (end.origin === 'caller-key') return true",
      why: 'a caller opens what an agent has closed',
      tests: ['policy/ending'],
    },
    {
      name: 'an older end undoes a newer start',
      source: "return isNewer(step, end) ? 'newer' : step",
      replacement: 'return step',
      why: 'a late end of the last payment opens this one',
      tests: ['policy/ending'],
    },
  ]),
  ...inFile('policy/signal.ts', [
    {
      name: 'an emergency lifts payment',
      source: "'schedule', SPECIAL_CATEGORY]",
      replacement: "'schedule', SPECIAL_CATEGORY, 'payment']",
      why: 'a card number leaves because somebody has fainted',
      tests: ['policy/signal', 'policy/open-spans'],
    },
    {
      name: 'an emergency does not let be heard what is said of an illness',
      source: "'schedule', SPECIAL_CATEGORY]",
      replacement: "'schedule']",
      why: 'the call for an ambulance is silent where somebody says what has happened',
      tests: ['policy/policy'],
    },
  ]),
  ...inFile('policy/steps.ts', [
    {
      name: 'an emergency outlives its lease',
      source: 'endAfterExpirySeconds: 0 }',
      replacement: 'endAfterExpirySeconds: null }',
      why: 'a forgotten emergency leaves everything that follows heard',
      tests: ['policy/open-spans'],
    },
  ]),
  ...inFile('timeline/timeline.ts', [
    {
      name: 'a lift opens whatever is silent',
      source: 'if (span.isLiftable === true && this.#lifts.length > 0)\n          this',
      replacement: 'if (this.#lifts.length > 0)\n          this',
      why: 'keys and card numbers leave during an emergency',
      tests: ['timeline/timeline', 'sim/call'],
    },
    {
      name: 'a silent repetition makes silent what has left',
      source: 'Math.max(startSample, this.#releasedSample[track]!)\n    if',
      replacement: 'startSample\n    if',
      why: 'a leak that nobody hears of: what left in the clear counts as silent',
      tests: ['timeline/timeline'],
    },
    {
      name: 'a lift that has ended stays',
      source: 'filter(({ endSample }) => endSample > releasedSample)',
      replacement: 'filter(({ endSample }) => endSample < 0)',
      why: 'what an emergency lifts is silenced again behind the next frame',
      tests: ['timeline/timeline', 'sim/call'],
    },
  ]),
  ...inFile('session/call-registry.ts', [
    {
      name: "a signal finds every tenant's calls",
      source: '.filter(({ tenant }) => tenants === null || tenants.includes(tenant))',
      replacement: '',
      why: "one tenant ends another's payment step",
      tests: ['session/call-registry', 'session/control-plane'],
    },
  ]),
  ...inFile('session/kept-signals.ts', [
    {
      name: "a waiting signal takes any tenant's call",
      source: 'tenants === null || tenants.includes(tenant)\n\n',
      replacement: 'tenants === null || tenant !== undefined\n\n',
      why: "one tenant silences another's call, or opens it",
      tests: ['session/control-plane'],
    },
  ]),
  ...inFile('session/control-plane.ts', [
    {
      name: 'an end by an alias guesses among calls',
      source: 'if (callsOf(streams).size === 1) return streams',
      replacement: 'if (callsOf(streams).size > 0) return streams',
      why: "the end of one call's payment opens another call of the same agent",
      tests: ['session/control-plane'],
    },
    {
      name: 'an emergency is said to several calls',
      source: "calls.size > 1 && signal.kind === 'emergency'",
      replacement: 'calls.size < 0',
      why: 'calls are heard in which nobody is in danger',
      tests: ['session/control-plane'],
    },
  ]),
  ...inFile('session/call-signals.ts', [
    {
      name: "a caller's key starts a step",
      source: "if (signal.origin === 'caller-key') return { kind: 'forbidden' }",
      replacement: '',
      why: 'a caller lifts silences by an emergency',
      tests: ['session/call-signals'],
    },
    {
      name: 'detectors are not armed for payment',
      source: "this.#steps.isOpen('payment') ? 'armed' : 'calm'",
      replacement: "'calm'",
      why: 'faint keys of a card number leave',
      tests: ['session/call-session'],
    },
  ]),
  ...inFile('policy/key-presses.ts', [
    {
      name: "an echo of the caller's key is the agent's",
      source: '!this.#isKnown(press) && !this.#isEcho(press)',
      replacement: '!this.#isKnown(press)',
      why: 'a caller ends a payment step through the echo of a star code',
      tests: ['policy/key-presses', 'session/call-keys'],
    },
    {
      name: 'a press counts before the other side has been heard',
      source: 'heardTo(track) >= neededSample',
      replacement: 'heardTo(track) >= 0',
      why: "an echo that overtakes its key is the agent's",
      tests: ['policy/key-presses'],
    },
    {
      name: "a mixed track's keys are the agent's",
      source: "role === 'agent' ? 'agent' : 'caller'",
      replacement: "role === 'caller' ? 'caller' : 'agent'",
      why: 'a caller keys star codes',
      tests: ['policy/key-presses', 'session/call-keys'],
    },
    {
      name: "keys are heard on the agent's track without the caller's beside it",
      source: "if (side === 'caller' || this.#hasCaller)",
      replacement: '',
      why: 'an echo cannot be told from a key there',
      tests: ['policy/key-presses'],
    },
    {
      name: 'presses are never forgotten',
      source: 'this.#recent.filter(({ sample }) => sample > oldest)',
      replacement: 'this.#recent.slice()',
      why: 'digits stay in memory',
      tests: ['policy/key-presses'],
    },
  ]),
  ...inFile('policy/star-codes.ts', [
    {
      name: 'a code may take for ever',
      source: 'sample - this.#lastSample <= this.#gapSamples',
      replacement: 'sample >= this.#lastSample',
      why: 'two keys of an hour end a step together',
      tests: ['policy/star-codes'],
    },
  ]),
  ...inFile('policy/consent.ts', [
    {
      name: 'opt-in is heard until somebody refuses',
      source: "if (options.mode === 'opt-in') this.#span.open(0)",
      replacement: '',
      why: 'everything before the answer leaves',
      tests: ['policy/consent', 'sim/call'],
    },
    {
      name: 'the window never closes',
      source: 'if (sample < this.#windowEndSample) {',
      replacement: '{',
      why: 'a key of a menu gives consent',
      tests: ['policy/consent'],
    },
    {
      name: 'whoever refuses has everything erased, whatever the policy says',
      source: "if (!wasHeard || this.options.earlierAudio === 'keep') return",
      replacement: 'if (!wasHeard) return',
      why: 'a key pressed by mistake destroys evidence',
      tests: ['policy/consent'],
    },
    {
      name: 'what was agreed to is not recalled',
      source: '...(late !== undefined && { recalled: late }),',
      replacement: '',
      why: 'what should be erased stays in the recording',
      tests: ['policy/consent'],
    },
    {
      name: 'an older word undoes the newer one',
      source: 'issuedAtMs < this.#issuedAtMs',
      replacement: 'issuedAtMs < 0',
      why: 'consent comes back after it was withdrawn',
      tests: ['policy/consent'],
    },
  ]),
  ...inFile('policy/standing-silence.ts', [
    {
      name: 'a silence does not end',
      source: 'this.timeline.close(this.#open.span, atSample)',
      replacement: 'this.timeline.redact({ ...this.#open.span, endSample: atSample })',
      why: 'what should be heard stays silent: evidence is lost',
      tests: ['policy/standing-silence'],
    },
    {
      name: 'an emergency lifts what a split keeps silent',
      source: 'isLiftable: isLiftable(reason)',
      replacement: 'isLiftable: true',
      why: 'a payment step that is open elsewhere is heard',
      tests: ['session/call-signals'],
    },
  ]),
  ...inFile('policy/opening-hours.ts', [
    {
      name: 'a call that begins outside the hours is heard',
      source: 'isSilentAt(this.policy, this.startEpochMs) ? this.#close(0) : null',
      replacement: 'null',
      why: 'what nobody may keep is kept',
      tests: ['policy/opening-hours', 'session/call-signals'],
    },
  ]),
  ...inFile('session/call-keys.ts', [
    {
      name: 'keys of a card give consent',
      source: 'if (signals.isCardKey(press.sample)) return',
      replacement: '',
      why: 'the 1 in a card number opens the call',
      tests: ['session/call-keys'],
    },
    {
      name: "the call's other streams do not follow",
      source: 'if (isDone(outcome)) this.parts.signalled(signal, outcome)',
      replacement: '',
      why: 'a fork that resumes is heard in the middle of a payment',
      tests: ['session/call-keys'],
    },
  ]),
]
