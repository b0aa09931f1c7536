import type { WireMessage } from '../../media/wire.js'
import { AnsweringConnection } from '../answering-connection.js'
import { encodeFields, readMessage } from '../protobuf.js'
import * as webex from './messages.js'
import type { WebexOptions } from './options.js'
import { WebexReceiver } from './receive.js'

/** One conversation: Webex on one side, a recorder that takes us for Webex on the other. */
export class WebexConnection extends AnsweringConnection {
  #errorCode = webex.ERROR_NONE as number

  constructor(options: WebexOptions['options'], randomUuid: () => string) {
    super(new WebexReceiver(options, randomUuid))
  }

  /** Of what the recorder says, its error code counts. */
  protected takesAnswer({ data }: WireMessage): boolean {
    const answer = readMessage(data, webex.responseType)
    const code = answer?.number(webex.response.errorCode) ?? -1
    if (answer === null || answer.isForeign || code < 0 || code > webex.ERROR_MAX) return false
    this.#errorCode = code
    return true
  }

  /** In words of our own: a recorder's could quote the call. `SUCCESS` is what Webex' own samples say. */
  protected answer(): WireMessage {
    const isFine = this.#errorCode === webex.ERROR_NONE
    const data = isFine
      ? encodeFields([webex.response.statusMessage, 'SUCCESS'])
      : encodeFields([webex.response.statusMessage, 'FAILURE'], [webex.response.errorCode, this.#errorCode])
    return { data, isBinary: true }
  }
}
