/**
 * Connections on their way to a worker. Node's primary waits for the worker's word that it has taken one, and goes on waiting
 * when the worker has gone: the PBX would sit at a connection that nobody reads. So that word is given in its stead: not
 * taken, and Node hands the connection to another worker.
 *
 * The words are Node's own (lib/internal/cluster: `newconn`, `ack`, `accepted`) and not public. Where another release
 * words it otherwise, nothing is found here, and such a connection waits as it does without this.
 */
import type { EventEmitter } from 'node:events'

interface ClusterWord {
  readonly cmd?: unknown
  readonly act?: unknown
  readonly seq?: unknown
  readonly ack?: unknown
}

const CLUSTER = 'NODE_CLUSTER'

/** A child process, as far as it matters here. */
export interface Sender extends Pick<EventEmitter, 'on' | 'emit'> {
  send(...told: unknown[]): boolean
}

export class HandedOn {
  /** By the number under which the worker answers. */
  readonly #waiting = new Set<number>()

  constructor(private readonly worker: Sender) {
    const send = worker.send.bind(worker)
    worker.send = (...told) => {
      this.#sent(told[0] as ClusterWord)
      return send(...told)
    }
    worker.on('internalMessage', ({ ack }: ClusterWord) => void this.#waiting.delete(ack as number))
  }

  /** The worker has gone: what it has not taken goes to another. */
  giveBack(): void {
    for (const ack of [...this.#waiting])
      this.worker.emit('internalMessage', { cmd: CLUSTER, ack, accepted: false })
  }

  #sent({ cmd, act, seq }: ClusterWord): void {
    if (cmd === CLUSTER && act === 'newconn' && typeof seq === 'number') this.#waiting.add(seq)
  }
}
