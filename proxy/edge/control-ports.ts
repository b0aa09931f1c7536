/** The ports of the administration: metrics, health and the API over HTTP, and the API over gRPC where it is wanted. */
import type { Clock } from '../base/clock.js'
import type { AdminConfig } from './admin-access.js'
import {
  type AdminTls,
  createAdminServer,
  listenAdmin,
  type MetricsPage,
  type Readiness,
} from './admin-server.js'
import type { ControlService } from './control-service.js'
import { type ControlServer, createControlServer } from './grpc/control-server.js'
import type { Log } from './log.js'

export interface ControlPortsOptions {
  readonly admin: AdminConfig
  /** The files that `admin.tls` names. */
  readonly tls: AdminTls | null
  readonly service: ControlService
  readonly clock: Clock
  readonly log: Log
  readonly prometheus: MetricsPage
  readonly version: string
  readiness(): Readiness
}

export class ControlPorts {
  readonly #http: ReturnType<typeof createAdminServer>
  readonly #grpc: ControlServer | null

  constructor(private readonly options: ControlPortsOptions) {
    const { admin, service, tls, log, readiness } = options
    this.#http = createAdminServer({ ...options, origins: admin.origins })
    // The same certificate and client certificates as over HTTP.
    this.#grpc = admin.grpc === undefined ? null : createControlServer({ service, tls, log, readiness })
  }

  /** Opens them; the ports that they have got, 0 where there is none over gRPC. Rejects with REDACT_ERR_LISTEN. */
  async listen(): Promise<{ readonly adminPort: number; readonly grpcPort: number }> {
    const { host, port, grpc } = this.options.admin
    const adminPort = await listenAdmin(this.#http, host, port)
    const grpcPort = grpc === undefined ? 0 : await this.#grpc!.listen(host, grpc.port)
    return { adminPort, grpcPort }
  }

  async close(): Promise<void> {
    await this.#http.close()
    this.#grpc?.close()
  }
}
