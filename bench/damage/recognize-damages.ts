import type { Damage } from './damages.js'
import { inFolder } from './in-file.js'

const inFile = inFolder('edge/recognizer/')

/** Faults in `hushfork recognize`, and in who listens where: what would have a proxy believe that somebody listened, or let strangers in. */
export const recognizeDamages: readonly Damage[] = [
  ...inFile('listen-stream.ts', [
    {
      name: 'what a lost thread has not heard counts as heard',
      source: "if (heard.some(({ text }) => text === '')) {",
      replacement: 'if (heard.length < 0) {',
      why: 'numbers leave that nobody has listened to',
      tests: ['edge/recognizer/listen-stream'],
    },
    {
      name: 'the watermark is what has been received',
      source: 'Math.min(this.#sampleCount, recognizer.watermarkSample(0))',
      replacement: 'this.#sampleCount',
      why: 'a number leaves before it is known to be one',
      tests: ['edge/recognizer/listen-stream'],
    },
    {
      name: 'words of payment are kept from who weighs spots',
      source: '        weighs_spots,\n      )',
      replacement: '      )',
      why: 'no phrase opens a window, and a security code leaves',
      tests: ['edge/recognizer/listen-stream'],
    },
    {
      name: 'an end that nobody has heard is a good one',
      source: 'else if (nowMs - this.#finishedAtMs > END_MS_MAX) this.#end(gone)',
      replacement: 'else if (nowMs - this.#finishedAtMs > END_MS_MAX) this.#end(done)',
      why: 'the last words of a call leave without a verdict',
      tests: ['edge/recognizer/listen-stream'],
    },
    {
      name: 'audio stays in memory',
      source: 'bytes.fill(0)',
      replacement: '',
      why: 'gone is not gone',
      tests: ['edge/recognizer/listen-stream'],
    },
  ]),
  ...inFile('recognizer-server.ts', [
    {
      name: 'any token will do',
      source:
        'if (tokens.length > 0 && tokens.filter((token) => equalSecrets(token, shown)).length === 0) return unknown',
      replacement: 'if (tokens.length > 0 && shown.length < 0) return unknown',
      why: 'strangers take the streams of those who should be heard',
      tests: ['edge/recognizer/recognizer-server'],
    },
    {
      name: 'no certificate will do',
      source: 'if (tls?.ca != null && call.getAuthContext().sslPeerCertificate === undefined) return unknown',
      replacement: '',
      why: 'strangers take the streams of those who should be heard',
      tests: ['edge/recognizer/recognizer-server'],
    },
    {
      name: 'there is no end to streams',
      source: 'return this.#streams.size >= streamsMax ? full : null',
      replacement: 'return this.#streams.size >= Infinity ? full : null',
      why: 'everybody goes silent instead of those who are too many',
      tests: ['edge/recognizer/recognizer-server'],
    },
  ]),
  {
    name: 'a file is redacted by who cannot listen to it',
    file: 'edge/redact-plan.ts',
    source: 'problems.push(...liveOnly(policy.options.detectors.speech).map(notForFiles))',
    replacement: '',
    why: 'all of it is silent, or with `failOpen` none',
    tests: ['edge/redact-plan'],
  },
  {
    name: 'nobody listens where nobody wrote a policy',
    file: 'policy/options.ts',
    source: 'detectors: { speech: { recognizers: { embedded: {} } } },',
    replacement: '',
    why: 'card numbers that are read out are stored',
    tests: ['policy/options'],
  },
  {
    name: 'calls are taken before anybody listens',
    file: 'edge/call-carrier.ts',
    source: 'await prepareSpotter(speechThreads)',
    replacement: 'void [prepareSpotter, speechThreads]',
    why: 'the first calls are silent, and evidence is gone',
    tests: ['integration/spotter'],
  },
  {
    name: 'a process in which nobody listens any more is ready',
    file: 'detectors/speech/recognizers/embedded/worker-pool.io.ts',
    source: 'return pool === null || listening + behind > 0',
    replacement: 'return pool === null || listening + behind >= 0',
    why: 'call after call is silent from its beginning, where another process would have heard it',
    tests: ['edge/recognizer/recognizer-server'],
  },
]
