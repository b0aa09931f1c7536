import type { Server } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'

/** gRPC's health service of a server and of its services: all of them serve, or none. Whoever watches is told of changes alone. */
export class ServingHealth {
  readonly #health: HealthImplementation
  #isServing = true

  /** @param services by their full names; the empty one, the server as a whole, is added */
  constructor(
    server: Server,
    private readonly services: readonly string[],
  ) {
    this.#health = new HealthImplementation()
    this.#tell()
    this.#health.addToServer(server)
  }

  set isServing(isServing: boolean) {
    if (isServing === this.#isServing) return
    this.#isServing = isServing
    this.#tell()
  }

  #tell(): void {
    for (const name of ['', ...this.services])
      this.#health.setStatus(name, this.#isServing ? 'SERVING' : 'NOT_SERVING')
  }
}
