import { readFileSync } from 'node:fs'
import { inPackage } from '../../../../base/package-file.js'
import type { FrontEnd } from './front-end.js'
import { KernelFrontEnd } from './kernel-front-end.js'
import { Kernel } from './kernel-net.js'
import { parseModel, type SpotterModel } from './model.js'

/** What all streams of a thread share. */
export interface Spotter {
  readonly model: SpotterModel
  readonly frontEnd: FrontEnd
  readonly kernel: Kernel
}

let spotter: Spotter | null = null

/** This thread's, read from the package's `model/` when it is first needed. @throws the system's error when it is not there */
export const threadSpotter = (): Spotter => {
  if (spotter !== null) return spotter
  const map = readFileSync(inPackage('model/spotter.json'), 'utf8')
  const model = parseModel(map, readFileSync(inPackage('model/spotter.bin')))
  spotter = { model, frontEnd: new KernelFrontEnd(model), kernel: new Kernel(model) }
  return spotter
}
