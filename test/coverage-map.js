/**
 * A unit test is credited with its own source file only, so that a unit is covered by its test and not by luck; a room's
 * contract test (index.test.ts) with the room; tests of the whole with nothing.
 */
export default (test) => {
  if (/^test\/(integration|sim|fuzz)\//.test(test) || !/^test\/.+\//.test(test)) return null
  const source = test.replace(/^test\//, 'proxy/').replace(/\.test\.ts$/, '.ts')
  return source.endsWith('/index.ts') ? source.replace(/index\.ts$/, '**/*.ts') : source
}
