import type { Damage } from './damages.js'
import { inFolder } from './in-file.js'

const inFile = inFolder('detectors/dtmf/')

/** Faults in how keys are found: what would let keys pass, or silence voices. */
export const dtmfDamages: readonly Damage[] = [
  ...inFile('evidence.ts', [
    {
      name: 'a harmonic beside a tone ends the run of its key',
      source: 'const ownWeight = isAudible ? this.weigh(this.pair) : 0',
      replacement: 'const ownWeight = 0',
      why: 'keys under speech are missed',
      tests: ['detectors/dtmf/evidence'],
    },
    {
      name: 'one window without its pair ends a run of 20 ms windows',
      source: 'missesMax: 2',
      replacement: 'missesMax: 0',
      why: 'keys under speech are missed',
      tests: ['detectors/dtmf/evidence'],
    },
  ]),
  ...inFile('hear-hops.ts', [
    {
      name: 'hops are not turned back before they are added up',
      source: 'fround(fround(re * unturnRe) - fround(im * unturnIm))',
      replacement: 'fround(fround(re * unturnRe) + fround(im * unturnIm))',
      why: 'another pair is looked for than the one that sounds',
      tests: ['detectors/dtmf/hear-hops'],
    },
    {
      name: 'what has been heard stays in memory',
      source: 'memory.samples.fill(0, pcm, pcm + 2 * half * (hopCount + 1))',
      replacement: '',
      why: 'a call could be read in the memory of the process after it was silenced',
      tests: ['detectors/dtmf/hear-hops'],
    },
  ]),
  ...inFile('tone-memory.ts', [
    {
      name: 'a track begins with what another call left',
      source: 'this.floats.fill(0, track / FLOAT_BYTES, (track + TRACK_BYTES) / FLOAT_BYTES)',
      replacement: '',
      why: 'what was said in one call is heard in another',
      tests: ['detectors/dtmf/tone-memory', 'detectors/dtmf/hop-ring'],
    },
    {
      name: 'views are kept when the memory has grown',
      source: 'this.floats = new Float32Array(this.memory.buffer)\n      this.samples',
      replacement: 'this.samples',
      why: 'keys pass from the 400th track on',
      tests: ['detectors/dtmf/tone-memory'],
    },
  ]),
  ...inFile('hop-ring.ts', [
    {
      name: 'a ring that is closed still writes where it lay',
      source: 'this.track = NOWHERE',
      replacement: '',
      why: "one call's audio is judged as another's",
      tests: ['detectors/dtmf/hop-ring'],
    },
  ]),
  ...inFile('key-judge.ts', [
    {
      name: 'a burst is not told while it sounds',
      source: '(hasOnset ? 1 : WITHOUT_ONSET)',
      replacement: 'WITHOUT_ONSET',
      why: 'the shortest bursts pass',
      tests: ['detectors/dtmf/key-judge', 'detectors/dtmf/detector'],
    },
    {
      name: 'tones that swell count like a key',
      source: ' && this.rise(pair) >= CLEAR_RISE_MIN',
      replacement: '',
      why: 'voices are silenced',
      tests: ['detectors/dtmf/key-judge'],
    },
    {
      name: 'silence before a key poisons its onset',
      source: 'if (after > steepest * before) steepest = after / before',
      replacement: 'steepest = Math.max(steepest, after / before)',
      why: 'keys out of digital silence pass',
      tests: ['detectors/dtmf/key-judge'],
    },
    {
      name: 'tones that waver together are as good as steady ones',
      source: 'WEIGHT.unevenness * this.unevenness(pair)',
      replacement: '0',
      why: 'keys under a strong harmonic are missed',
      tests: ['detectors/dtmf/key-judge'],
    },
    {
      name: 'a tone that swells is half of a key',
      source: 'DROWNED_WEIGHT.driftDb * Math.abs(decibels(fit.drift))',
      replacement: '0',
      why: 'voices are silenced',
      tests: ['detectors/dtmf/key-judge'],
    },
    {
      name: 'a pair off its frequencies counts like one on them',
      source: 'shortDeviation: -88,\n  longDeviation: -86,',
      replacement: 'shortDeviation: 0,\n  longDeviation: 0,',
      why: 'voices are silenced',
      tests: ['detectors/dtmf/key-judge'],
    },
  ]),
  ...inFile('drowned-fit.ts', [
    {
      name: 'a drowned tone is looked for at its nominal frequency only',
      source: 'this.addInStep(ring.bank.advance[other]! * (1 + deviation))',
      replacement: 'this.addInStep(ring.bank.advance[other]!)',
      why: 'keys of a telephone that is a little off pass under speech',
      tests: ['detectors/dtmf/drowned-fit'],
    },
  ]),
  ...inFile('key-watch.ts', [
    {
      name: 'keys that are half drowned are not asked for',
      source: 'else if (this.isDrowned(threshold)) this.confirm(this.judge.drownedPair)',
      replacement: '',
      why: 'one lone key in 500 under speech passes',
      tests: ['detectors/dtmf/detector'],
    },
    {
      name: 'a mask begins before what its watermark promised',
      source: 'Math.max(start, now - this.reachBackHops, 0)',
      replacement: 'Math.max(start, 0)',
      why: 'the beginning of a key has left before it is silenced',
      tests: ['detectors/dtmf/key-watch', 'detectors/dtmf/detector'],
    },
    {
      name: 'keys under something else are not asked for',
      source: 'else if (this.isCovered(threshold)) this.confirm(this.long.pair)',
      replacement: '',
      why: 'keys under speech and noise pass',
      tests: ['detectors/dtmf/detector'],
    },
  ]),
  ...inFile('track-listener.ts', [
    {
      name: 'numbers that are none go unnoticed',
      source: 'if (!(pcm instanceof Int16Array)) this.hasFailed = true',
      replacement: '',
      why: 'a detector that hears nothing lets everything pass',
      tests: ['detectors/dtmf/track-listener'],
    },
  ]),
]
