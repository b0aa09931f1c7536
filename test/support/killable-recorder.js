// A recorder in a process of its own, so that a test can kill it: says its port, then every message it gets, as JSON lines.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) })
server.on('listening', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`))
server.on('connection', (socket) => {
  socket.on('message', (data) => process.stdout.write(`${data}\n`))
  socket.on('error', () => undefined)
})
