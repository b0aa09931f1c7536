import { threadSpotter } from '../../proxy/detectors/speech/recognizers/embedded/spotter.io.js'
import { SpotterService } from '../../proxy/detectors/speech/recognizers/embedded/spotter-service.js'
import { WorkerLink } from '../../proxy/detectors/speech/recognizers/embedded/worker-link.js'
import type { WorkerSource } from '../../proxy/detectors/speech/recognizers/embedded/worker-recognizer.js'

/** A worker without a thread: it works when it is told to, so that a test decides what it has heard and when. */
export class ThreadlessSpotter implements WorkerSource {
  readonly classes = threadSpotter().model.classes
  current = this.#start()
  #streams = 0
  nowMs = 0

  readonly nextStream = (): number => ++this.#streams

  link(): WorkerLink | null {
    return this.current?.link.isOpen ? this.current.link : null
  }

  /** Answers all that has been asked. */
  work(): void {
    this.current?.service.work()
    this.current?.link.tick(this.nowMs)
  }

  /** The worker is gone, with all it had been given. */
  die(): void {
    this.current?.link.lose()
    this.current = null
  }

  revive(): void {
    this.current = this.#start()
  }

  #start(): { link: WorkerLink; service: SpotterService } | null {
    const link = new WorkerLink(0)
    const service = new SpotterService(threadSpotter(), link.requests, link.answers, () => {
      link.collect()
    })
    return { link, service }
  }
}
