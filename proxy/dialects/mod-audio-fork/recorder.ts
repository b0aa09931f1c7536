import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, ForkEvent, RecorderEvent } from '../dialect.js'
import { tellRecorder } from '../told-to-recorder.js'
import type { ListenOptions } from './options.js'
import { ModAudioForkReceiver } from './receive.js'

/** What a call without an id is called here; a recorder cannot know more. */
const NO_CALL_ID = 'unnamed'

/**
 * A recorder of forked audio, as strict as the ones in use: where text behind the metadata is to be dropped it is a
 * violation, because they would write it into the recording.
 */
export class ModAudioForkRecorder implements DialectRecorder {
  readonly #receiver: ModAudioForkReceiver
  readonly #heard: ForkEvent[] = []

  constructor(private readonly options: ListenOptions) {
    this.#receiver = new ModAudioForkReceiver(options, () => NO_CALL_ID)
  }

  receive(message: WireMessage, nowMs: number, out: RecorderEvent[]): void {
    if (!message.isBinary && this.#receiver.hasStarted) {
      if (this.options.textAfterMetadata === 'drop')
        out.push({ kind: 'violation', code: 'text-after-metadata' })
      return
    }
    this.#receiver.receive(message, nowMs, this.#heard)
    tellRecorder(this.#heard, out)
    if (message.isBinary && message.data.length === 0) out.push({ kind: 'ended' })
  }
}
