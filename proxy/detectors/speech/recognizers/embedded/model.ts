import { RedactError } from '../../../../base/errors.js'

/** The weights of the spotter and how to read them; shared by every stream of a thread, never written to. */
export interface SpotterModel {
  /** What the net tells apart. The first is everything else; then number words, then the words of payment. */
  readonly classes: readonly string[]
  /** Classes 1 to numberClasses - 1 are number words. */
  readonly numberClasses: number
  /** Steps by which the net's output is behind its input. */
  readonly delaySteps: number
  /** Channels of every layer. */
  readonly width: number
  /** Of the residual blocks, in order, in steps. */
  readonly dilations: readonly number[]
  readonly kernelSizes: readonly number[]
  /** A view of the weights. @throws RedactError REDACT_ERR_INVARIANT when the model has no tensor of that name */
  tensor(name: string): Float32Array
}

type ModelMap = Omit<SpotterModel, 'tensor'> & {
  readonly tensors: Readonly<Record<string, { readonly offset: number; readonly shape: readonly number[] }>>
}

/** @param map model/spotter.json @param weights model/spotter.bin: float32, little endian; copied */
export const parseModel = (map: string, weights: Uint8Array): SpotterModel => {
  const { tensors, ...shape } = JSON.parse(map) as ModelMap
  const all = new Float32Array(weights.slice().buffer)
  return {
    ...shape,
    tensor: (name) => {
      const place = tensors[name]
      if (place === undefined) throw new RedactError('REDACT_ERR_INVARIANT', 'the spotter lacks a tensor')
      return all.subarray(place.offset, place.offset + place.shape.reduce((a, b) => a * b, 1))
    },
  }
}
