/** The bytes of a module that a build has written as base64. */
export const moduleBytes = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(base64, 'base64'))

/** What a kernel built in bench/wasm exports; it imports its memory as `env.memory`. */
export const instantiate = (base64: string, memory: WebAssembly.Memory): WebAssembly.Exports => {
  const module = new WebAssembly.Module(moduleBytes(base64))
  return new WebAssembly.Instance(module, { env: { memory } }).exports
}
