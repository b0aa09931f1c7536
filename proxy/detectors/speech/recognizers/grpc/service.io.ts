import { fileURLToPath } from 'node:url'
import type { MethodDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { inPackage } from '../../../../base/package-file.js'
import type { ListenResponse } from './protocol.js'

/** A request of recognizer.proto: one of the three. */
export interface ListenRequest {
  readonly open?: {
    readonly sample_rate_hz: number
    readonly language: string
    readonly phrases: readonly string[]
    readonly role: string
    readonly weighs_spots: boolean
  }
  readonly audio?: { readonly pcm: Buffer }
  readonly alertness?: 'ALERTNESS_CALM' | 'ALERTNESS_ARMED'
}

const load = () =>
  loadSync('hushfork/recognizer/v1/recognizer.proto', {
    keepCase: true,
    longs: Number,
    enums: String,
    oneofs: true,
    includeDirs: [fileURLToPath(inPackage('proto/'))],
  })

let loaded: ReturnType<typeof load> | undefined

/** The service of recognizer.proto, read from its file when it is first needed. */
export const recognizerService = (): { readonly Listen: MethodDefinition<ListenRequest, ListenResponse> } => {
  loaded ??= load()
  return loaded['hushfork.recognizer.v1.Recognizer'] as never
}
