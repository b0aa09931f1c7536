import type { WireMessage } from '../../media/wire.js'
import { AnsweringConnection } from '../answering-connection.js'
import type { RingcxOptions } from './options.js'
import { RingcxReceiver } from './receive.js'

/** One dialog: RingCX on one side, a recorder that takes us for RingCX on the other. */
export class RingcxConnection extends AnsweringConnection {
  constructor(options: RingcxOptions['options'], randomUuid: () => string) {
    super(new RingcxReceiver(options, randomUuid))
  }

  /** google.protobuf.Empty has no fields: whatever is in it is not for RingCX. */
  protected takesAnswer({ data }: WireMessage): boolean {
    return data.length === 0
  }

  protected answer(): WireMessage {
    return { data: new Uint8Array(0), isBinary: true }
  }
}
