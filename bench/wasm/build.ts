/**
 * Compiles what is written in AssemblyScript to WebAssembly and embeds it in modules, so that neither a build nor a start of the
 * proxy needs a compiler or a file. Run after a change there: npm run build:wasm
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import asc from 'assemblyscript/asc'

interface WasmSource {
  /** Where `wasm/` lies, and the module is written. */
  readonly folder: string
  readonly name: string
  /** Of what the module exports. */
  readonly constant: string
}

export const wasmSources: readonly WasmSource[] = [
  { folder: 'proxy/codecs', name: 'frame-pcm', constant: 'FRAME_PCM_WASM' },
  { folder: 'proxy/dialects/json-media', name: 'read-media', constant: 'READ_MEDIA_WASM' },
  { folder: 'proxy/detectors/dtmf', name: 'hear-hops', constant: 'HEAR_HOPS_WASM' },
  { folder: 'proxy/session/sent-tones', name: 'hear-half', constant: 'HEAR_HALF_WASM' },
  { folder: 'proxy/detectors/speech/recognizers/embedded', name: 'bands', constant: 'BANDS_WASM' },
  { folder: 'proxy/detectors/speech/recognizers/embedded', name: 'spotter', constant: 'SPOTTER_WASM' },
]

/** No allocator, no checks that cannot fail, and the memory is the caller's. */
const FLAGS = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', '--importMemory']

/** What `target` should say; paths are those of the repository, where this runs. */
export const wasmModule = async ({
  folder,
  name,
  constant,
}: WasmSource): Promise<{ target: string; text: string }> => {
  let bytes: string | Uint8Array = ''
  const source = `${folder}/wasm/${name}.ts`
  const { error, stderr } = await asc.main([source, '-o', 'out.wasm', '--noExportMemory', ...FLAGS], {
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
    target: `${folder}/${name}.wasm.ts`,
    text: `/** wasm/${name}.ts, compiled: ${bytes.length} bytes in base64. Made by \`npm run build:wasm\`; never edited. */\nexport const ${constant} =\n${literal}\n`,
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const source of wasmSources) {
    const { target, text } = await wasmModule(source)
    writeFileSync(target, text)
  }
