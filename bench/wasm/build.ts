/**
 * Compiles what is written in AssemblyScript to WebAssembly and embeds it in a module, so that neither a build nor a start of the
 * proxy needs a compiler or a file. Run after a change there: npm run build:wasm
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import asc from 'assemblyscript/asc'

const FOLDER = 'proxy/detectors/dtmf'
const SOURCE = `${FOLDER}/wasm/hear-hops.ts`
const TARGET = `${FOLDER}/hear-hops.wasm.ts`

/** No allocator, no checks that cannot fail, and the memory is the caller's. */
const FLAGS = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', '--importMemory']

/** What `target` should say; paths are those of the repository, where this runs. */
export const wasmModule = async (): Promise<{ target: string; text: string }> => {
  let bytes: string | Uint8Array = ''
  const { error, stderr } = await asc.main([SOURCE, '-o', 'out.wasm', '--noExportMemory', ...FLAGS], {
    writeFile: (_name, contents) => {
      bytes = contents
    },
  })
  if (error !== null) throw new Error(stderr.toString(), { cause: error })
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,100}/g) ?? []
  const literal = lines.map((line) => `  '${line}'`).join(' +\n')
  return {
    target: TARGET,
    text: `/** wasm/hear-hops.ts, compiled: ${bytes.length} bytes in base64. Made by \`npm run build:wasm\`; never edited. */\nexport const HEAR_HOPS_WASM =\n${literal}\n`,
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { target, text } = await wasmModule()
  writeFileSync(target, text)
}
