// Messages as another implementation writes and reads them: protobufjs, by way of gRPC's own loader, from the files in proto/.
import { fileURLToPath } from 'node:url'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { inPackage } from '../../proxy/base/package-file.js'

const folder = fileURLToPath(inPackage('proto/'))

/** A service of a file under proto/, with its methods' writers and readers. Names as in the file, enums as numbers. */
export const serviceOf = (file: string, name: string): ServiceDefinition => {
  const loaded = loadSync(file, {
    includeDirs: [folder],
    keepCase: true,
    enums: Number,
    longs: Number,
  })
  return loaded[name] as ServiceDefinition
}

/** One method's messages as bytes, and back. */
export const wireOf = (service: ServiceDefinition, method: string) => {
  const definition = service[method] as MethodDefinition<object, object>
  return {
    definition,
    write: (message: object): Uint8Array => new Uint8Array(definition.requestSerialize(message)),
    read: (bytes: Uint8Array): Record<string, unknown> =>
      definition.requestDeserialize(Buffer.from(bytes)) as Record<string, unknown>,
  }
}
