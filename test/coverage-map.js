/**
 * A unit test is credited with its own file only, so that a unit is covered by its test and not by luck; a room's
 * contract test (index.test.ts) with the room; tests of the whole with nothing. Paths of what is compiled.
 */
export default (test) => {
  const name = test.replace(/^dist\/test\//, '')
  if (/^(integration|sim|fuzz)\//.test(name) || !name.includes('/')) return null
  const source = `dist/proxy/${name.replace(/\.test\.js$/, '.js')}`
  return source.endsWith('/index.js') ? source.replace(/index\.js$/, '**/*.js') : source
}
