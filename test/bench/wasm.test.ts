import { readFileSync } from 'node:fs'
import t from 'tap'
import { wasmModule, wasmSources } from '../../bench/wasm/build.js'

for (const source of wasmSources)
  t.test(`${source.name}: what is embedded is, byte for byte, what its source compiles to`, async (t) => {
    const { target, text } = await wasmModule(source)
    t.equal(readFileSync(target, 'utf8'), text)
  })
