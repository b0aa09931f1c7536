import { DEFAULT_PHRASES, type GoogleOptions } from './options.js'

const sensitivities = {
  standard: 'ENDPOINTING_SENSITIVITY_STANDARD',
  short: 'ENDPOINTING_SENSITIVITY_SHORT',
  supershort: 'ENDPOINTING_SENSITIVITY_SUPERSHORT',
} as const

/**
 * The first StreamingRecognizeRequest of a stream (google.cloud.speech.v2): whom it asks, and everything it wants. Audio follows
 * in others. The rate is the call's own: the vendor asks not to resample.
 */
export const firstRequest = (options: GoogleOptions, sampleRateHz: number) => ({
  recognizer: `projects/${options.project}/locations/${options.location}/recognizers/${options.recognizer}`,
  streamingConfig: {
    config: {
      explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: sampleRateHz, audioChannelCount: 1 },
      model: options.model,
      languageCodes: [options.language],
      features: { enableWordTimeOffsets: true, maxAlternatives: 1 },
      ...adaptation(options),
    },
    streamingFeatures: {
      interimResults: true,
      endpointingSensitivity: sensitivities[options.endpointing],
    },
  },
})

const adaptation = ({ phrases, boost }: GoogleOptions) => {
  const hints = (phrases ?? DEFAULT_PHRASES).map((value) => ({ value, boost }))
  return hints.length > 0 && { adaptation: { phraseSets: [{ inlinePhraseSet: { phrases: hints } }] } }
}

/** Where a location is served; version 2 answers for a region at that region's own endpoint alone. */
export const endpointOf = ({ endpoint, location }: GoogleOptions): URL => {
  if (endpoint !== undefined) return new URL(endpoint)
  return new URL(`https://${location === 'global' ? '' : `${location}-`}speech.googleapis.com`)
}
