/** The tables of ITU-T G.722 (11/88), for 64 kbit/s: 6 bits a sample below 4 kHz and 2 bits above. */
import type { BandLaw } from './sub-band.js'

/** Magnitudes of the lower band's 30 levels from the smallest up (table 16, QM6). */
const LOW_LEVELS = [
  136, 432, 728, 1040, 1360, 1688, 2032, 2400, 2776, 3168, 3576, 4008, 4464, 4944, 5456, 6000, 6576, 7192,
  7856, 8576, 9360, 10232, 11192, 12280, 13512, 14984, 16704, 19008, 21904, 24808,
]

/** Where one level ends and the next begins (table 14, Q6). */
const LOW_THRESHOLDS = [
  35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
  1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
]

/** Positive levels count down from 61; negative ones down from 31, but the two smallest are 63 and 62 (table 17). */
const positiveCodes = LOW_LEVELS.map((_, level) => 61 - level)
const negativeCodes = LOW_LEVELS.map((_, level) => (level < 2 ? 63 - level : 33 - level))

/** Codes 0 to 3 no encoder sends, lest the line carry zeros alone; decoders take them for the smallest negative level. */
const lowDifferences = new Int16Array(64).fill(-LOW_LEVELS[0]!)
LOW_LEVELS.forEach((magnitude, level) => {
  lowDifferences[positiveCodes[level]!] = magnitude
  lowDifferences[negativeCodes[level]!] = -magnitude
})

/** Magnitudes for the predictor by the upper four bits (table 15, QM4), and how the scale moves (WL by RL42). */
const COARSE_LEVELS = [0, 1200, 2584, 4240, 6288, 8968, 12896, 20456]
const COARSE_LOG_STEPS = [-60, -30, 58, 172, 334, 538, 1198, 3042]
/** By the upper four bits: the coarse level, 0 to 7. Codes below 8 and 15 are negative. */
const COARSE_OF = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0]

export const lowBand: BandLaw = {
  differences: lowDifferences,
  refinementBits: 2,
  coarseDifferences: Int16Array.from(COARSE_OF, (level, code) =>
    code < 8 ? -COARSE_LEVELS[level]! : COARSE_LEVELS[level]!,
  ),
  logSteps: Int16Array.from(COARSE_OF, (level) => COARSE_LOG_STEPS[level]!),
  logScaleMax: 18_432,
  scaleShift: 8,
  thresholds: Int16Array.from(LOW_THRESHOLDS),
  positiveCodes: Uint8Array.from(positiveCodes),
  negativeCodes: Uint8Array.from(negativeCodes),
}

/** Tables 18 to 21: QM2, WH by RH2, Q2. */
const highDifferences = Int16Array.of(-7408, -1616, 7408, 1616)

export const highBand: BandLaw = {
  differences: highDifferences,
  refinementBits: 0,
  coarseDifferences: highDifferences,
  logSteps: Int16Array.of(798, -214, 798, -214),
  logScaleMax: 22_528,
  scaleShift: 10,
  thresholds: Int16Array.of(564),
  positiveCodes: Uint8Array.of(3, 2),
  negativeCodes: Uint8Array.of(1, 0),
}
