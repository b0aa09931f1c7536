import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { stoppedClock } from '../../../../proxy/base/clock.js'
import type { DetectorServices, DetectorSetup } from '../../../../proxy/detectors/detector.js'
import type { Recognizer } from '../../../../proxy/detectors/speech/recognizer.js'
import {
  embedded,
  embeddedOptionsSchema,
} from '../../../../proxy/detectors/speech/recognizers/embedded/embedded.js'
import { closeClients } from '../../../../proxy/detectors/speech/recognizers/google/client.io.js'
import { google } from '../../../../proxy/detectors/speech/recognizers/google/google.js'
import { googleOptionsSchema } from '../../../../proxy/detectors/speech/recognizers/google/options.js'
import { closeConnections } from '../../../../proxy/detectors/speech/recognizers/grpc/connection.io.js'
import { grpc } from '../../../../proxy/detectors/speech/recognizers/grpc/grpc.js'
import { grpcOptionsSchema } from '../../../../proxy/detectors/speech/recognizers/grpc/options.js'
import { type RecognizerName, recognizers } from '../../../../proxy/detectors/speech/recognizers/index.js'
import { EmbeddedListener } from '../../../support/embedded-listener.js'
import { GoogleSpeechServer } from '../../../support/google-speech.js'
import { checkRecognizer, type RecognizerBench } from '../../../support/recognizer-contract.js'
import { RecognizerServer } from '../../../support/recognizer-server.js'

const setup: DetectorSetup = {
  tracks: [{ index: 0, role: 'mixed' }],
  clockRateHz: 8_000,
  sampleRateHz: [8_000],
}

interface Subject {
  create(): Promise<RecognizerBench>
  readonly lagMs: number
}

const live: DetectorServices = {
  pace: 'live',
  clock: stoppedClock,
  monitor: { worked() {}, faulted() {}, windowOpened() {} },
}

/** One behind a network has settled when its server has been told something, and nothing more for a while. */
const behindNetwork = (
  recognizer: Recognizer,
  server: { readonly messages: number; stop(): void },
): RecognizerBench => {
  t.teardown(() => server.stop())
  return {
    recognizer,
    settled: async () => {
      for (let i = 0; server.messages === 0 && i < 1_000; i++) await wait(10)
      for (let before = -1; before !== server.messages; ) {
        before = server.messages
        await wait(200)
      }
    },
    fail: async () => server.stop(),
  }
}

/** The fixture comes all at once, and no answer before it is over. */
const patient = { listen: 'always', answerMs: 10_000, endMs: 10_000 }

const listenerOf = (rateHz: number) => new EmbeddedListener(rateHz)

t.teardown(() => {
  closeClients()
  closeConnections()
})

const embeddedOptions = embeddedOptionsSchema.parse({})

/** How each is brought to hear the fixture: with what it needs of the world. */
const subjects: Readonly<Record<RecognizerName, Subject>> = {
  embedded: {
    create: async () => ({
      recognizer: embedded.create(setup, embeddedOptions, {
        pace: 'recorded',
        clock: stoppedClock,
        monitor: { worked() {}, faulted() {}, windowOpened() {} },
      }),
      settled: async () => {},
    }),
    lagMs: embedded.lagMs(embeddedOptions),
  },
  google: {
    create: async () => {
      await import('@google-cloud/speech')
      const server = await GoogleSpeechServer.start(listenerOf)
      // What is final depends on what was told before, and that on how fast both sides are.
      server.behaviour.hasInterims = false
      const options = googleOptionsSchema.parse({ project: 'acme-1', endpoint: server.endpoint, ...patient })
      return behindNetwork(google.create(setup, options, live), server)
    },
    lagMs: google.lagMs(googleOptionsSchema.parse({ project: 'acme-1' })),
  },
  grpc: {
    create: async () => {
      const server = await RecognizerServer.start(undefined, listenerOf)
      const options = grpcOptionsSchema.parse({ url: `grpc://127.0.0.1:${server.port}`, ...patient })
      return behindNetwork(grpc.create(setup, options, live), server)
    },
    lagMs: 1_500,
  },
}

for (const name of Object.keys(recognizers) as RecognizerName[])
  checkRecognizer(t, name, subjects[name].create, 8 * subjects[name].lagMs)
