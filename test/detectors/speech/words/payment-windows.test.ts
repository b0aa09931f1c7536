import t from 'tap'
import { PaymentWindows } from '../../../../proxy/detectors/speech/words/payment-windows.js'

const windowsOf = (windows: PaymentWindows): number[][] => {
  const found: number[][] = []
  windows.forEach((...range) => {
    found.push(range)
  })
  return found
}

t.test('a window lasts from its phrase to a while behind the last number, within its bound', async (t) => {
  const windows = new PaymentWindows({ idleSamples: 100, windowSamples: 250 })
  windows.open(1000)
  t.same(windowsOf(windows), [[1000, 1100]])
  windows.number(1050)
  windows.number(1140)
  windows.number(1400)
  t.same(windowsOf(windows), [[1000, 1240]], 'a number behind it is not its own')
  windows.number(1239)
  t.same(windowsOf(windows), [[1000, 1250]])
  t.ok(windows.isOpenAt(1249))
  t.notOk(windows.isOpenAt(1250))
})

t.test('the next phrase goes on with it, a closing one ends what was opened before', async (t) => {
  const windows = new PaymentWindows({ idleSamples: 100, windowSamples: 250 })
  windows.open(1000)
  windows.open(1090)
  t.same(windowsOf(windows), [[1000, 1190]])
  windows.close(1080, 1085)
  t.same(windowsOf(windows), [[1000, 1190]], 'was said before it was opened again')
  windows.close(1100, 1130)
  t.same(windowsOf(windows), [[1000, 1130]])
  windows.open(1150)
  t.same(windowsOf(windows), [
    [1000, 1130],
    [1150, 1250],
  ])
  windows.prune(1140)
  t.same(windowsOf(windows), [[1150, 1250]])
})

t.test('however many there are, few are remembered', async (t) => {
  const windows = new PaymentWindows({ idleSamples: 1, windowSamples: 1 })
  for (let i = 0; i < 1000; i++) windows.open(i * 10)
  t.equal(windowsOf(windows).length, 64)
})
