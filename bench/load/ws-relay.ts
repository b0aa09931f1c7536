/** The naive peer of the bench: what comes in on one WebSocket goes out on another, a message at a time. */
import WebSocket, { WebSocketServer } from 'ws'

const [port, sinkPort] = process.argv.slice(2).map(Number)

new WebSocketServer({ host: '127.0.0.1', port: port!, perMessageDeflate: false }).on('connection', (pbx) => {
  const recorder = new WebSocket(`ws://127.0.0.1:${sinkPort}/`, { perMessageDeflate: false })
  const waiting: [Buffer, boolean][] = []
  pbx.on('message', (data, isBinary) => {
    if (recorder.readyState === WebSocket.OPEN) recorder.send(data as Buffer, { binary: isBinary })
    else waiting.push([data as Buffer, isBinary])
  })
  recorder.on('open', () => {
    for (const [data, binary] of waiting.splice(0)) recorder.send(data, { binary })
  })
  recorder.on('message', (data, isBinary) => pbx.send(data as Buffer, { binary: isBinary }))
  pbx.on('close', () => recorder.close()).on('error', () => undefined)
  recorder.on('close', () => pbx.close()).on('error', () => undefined)
})
