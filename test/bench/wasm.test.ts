import { readFileSync } from 'node:fs'
import t from 'tap'
import { wasmModule } from '../../bench/wasm/build.js'

t.test('the WebAssembly that is embedded is, byte for byte, what its source compiles to', async (t) => {
  const { target, text } = await wasmModule()
  t.equal(readFileSync(target, 'utf8'), text)
})
