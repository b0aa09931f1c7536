import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults of the transports and of the dialects on gRPC: who would get in, what would pass unheard, who would be told what. */
export const transportDamages: readonly Damage[] = [
  ...inFile('edge/fork-server.ts', [
    {
      name: 'credentials are asked for and not looked at',
      source: "if (verdict.kind === 'accepted') return null",
      replacement: 'return null',
      why: 'a stranger is connected to a recorder',
      tests: ['edge/fork-server-tcp', 'edge/fork-server-ws'],
    },
    {
      name: 'the limit of calls is not one',
      source: 'if (this.#connections.size >= this.options.callsMax)',
      replacement: 'if (this.#connections.size > this.options.callsMax)',
      why: 'a flood takes the live calls with it',
      tests: ['edge/fork-server-tcp', 'edge/fork-server-ws'],
    },
    {
      name: 'a process that is behind takes further calls',
      source: 'if (turns.isBehind)',
      replacement: 'if (false)',
      why: 'each further call silences those that there are',
      tests: ['edge/fork-server-ws'],
    },
  ]),
  ...inFile('edge/fork-server-tcp.ts', [
    {
      name: 'a unit over the limit is waited for',
      source: 'if (!units.read(chunk, take)) socket.destroy()',
      replacement: 'units.read(chunk, take)',
      why: 'one socket fills the memory',
      tests: ['edge/fork-server-tcp'],
    },
  ]),
  ...inFile('edge/unit-reader.ts', [
    {
      name: 'units share the memory of their chunk',
      source: 'take(new Uint8Array(bytes.subarray(start, start + unitBytes)))',
      replacement: 'take(bytes.subarray(start, start + unitBytes))',
      why: 'audio is overwritten while it is held',
      tests: ['edge/unit-reader'],
    },
  ]),
  ...inFile('edge/ws/frame-reader.ts', [
    {
      name: 'what was read stays in memory',
      source: '    chunk.fill(0)\n',
      replacement: '',
      why: 'audio outlives its hold-back',
      tests: ['edge/ws/frame-reader'],
    },
    {
      name: 'messages of any size are waited for',
      source: 'this.#fragments.size + payloadBytes > this.options.messageBytesMax',
      replacement: 'payloadBytes > this.options.messageBytesMax',
      why: 'one socket fills the memory',
      tests: ['edge/ws/frame-reader'],
    },
    {
      name: 'a reader that is stopped reads on',
      source: '  stop(): void {\n    this.#isOver = true\n  }',
      replacement: '  stop(): void {}',
      why: 'messages reach a call that is over',
      tests: ['edge/ws/frame-reader'],
    },
  ]),
  ...inFile('edge/turns.ts', [
    {
      name: 'a process that sleeps does so through the handshakes of others',
      source: 'nowMs < this.#awakeUntilMs ? NAP_MS : Infinity',
      replacement: 'Infinity',
      why: 'every step of a connection waits half a second',
      tests: ['edge/turns-asleep'],
    },
    {
      name: 'who is new is never read',
      source: '    if (!this.#isTurning) return\n    this.#queue.push(turn)',
      replacement: '    if (!this.#isTurning) return',
      why: 'the second call stays read as ever, and a full process with it',
      tests: ['edge/turns'],
    },
    {
      name: 'who has been read is not read again',
      source: '    this.#queue.push(turn)\n    turn.reader.read()',
      replacement: '    turn.reader.read()',
      why: 'calls go on that nobody hears',
      tests: ['edge/turns'],
    },
    {
      name: 'calls stay unread when the last of those that began it has ended',
      source: 'if (turn.isPaced) turn.reader.setPaced(false)',
      replacement: '',
      why: 'a connection that is still open is never heard again',
      tests: ['edge/turns'],
    },
    {
      name: 'reading lets nobody else in',
      source: 'if (nowMs - beganMs < SLICE_MS_MAX) continue',
      replacement: 'continue',
      why: 'a signal waits for all calls of the process, and its secret has left',
      tests: ['edge/turns'],
    },
    {
      name: 'a process that does not keep up is not behind',
      source: 'this.#isBehind = nowMs - this.#lateSinceMs > LATE_MS',
      replacement: 'this.#isBehind = false',
      why: 'each further call silences those that there are',
      tests: ['edge/turns'],
    },
  ]),
  ...inFile('edge/socket-reader.ts', [
    {
      name: 'what is still to be written is lost with the socket that it was given to',
      source: ' || socket.writableLength > 0',
      replacement: '',
      why: 'a PBX waits for its answer in vain',
      tests: ['edge/socket-reader'],
    },
    {
      name: 'who catches up writes over what is being read',
      source: 'if (!this.#isOfLoop && !isSharedInUse) this.#readNow()',
      replacement: 'if (!this.#isOfLoop) this.#readNow()',
      why: "one call's audio is taken for another's",
      tests: ['edge/socket-reader'],
    },
    {
      name: 'nobody says what has not been read',
      source: 'return Math.max(0, nowMs - this.#readMs)',
      replacement: 'return 0',
      why: 'a step ends before the last of it has been read, which is heard',
      tests: ['edge/socket-reader'],
    },
    {
      name: 'an encrypted socket is read as ever',
      source: 'handleOf(this.socket)?.readStop()\n    this.#readMs',
      replacement: 'this.#readMs',
      why: 'a frame costs its own wake',
      tests: ['edge/socket-reader'],
    },
    {
      name: 'a turn that brings nothing is no time that passes',
      source: 'this.#readNow()\n    if (!this.#hasTaken) this.tookNothing()',
      replacement: 'this.#readNow()',
      why: 'what a PBX has said before it fell silent is late by a pause',
      tests: ['edge/socket-reader'],
    },
    {
      name: 'an encrypted socket is left with what one piece has brought',
      source: 'if (this.#hasHeard) {\n      this.#look()\n      return\n    }\n',
      replacement: '',
      why: 'a call falls behind, and nobody knows how much of it has not been read',
      tests: ['edge/socket-reader'],
    },
  ]),
  ...inFile('edge/ws/frame-batch.ts', [
    {
      name: 'a batch takes the frames of two connections',
      source: 'if (sink !== this.#sink || this.#size',
      replacement: 'if (this.#size',
      why: "one call's audio reaches another's recorder",
      tests: ['edge/ws/frame-batch'],
    },
  ]),
  ...inFile('config/hold-back.ts', [
    {
      name: 'a pause takes what signals need',
      source: 'const PAUSE_SHARE = 0.6',
      replacement: 'const PAUSE_SHARE = 1',
      why: 'what a look-back promises has left',
      tests: ['config/hold-back'],
    },
  ]),
  ...inFile('edge/ws/connection.ts', [
    {
      name: 'memory that the network still reads is written over',
      source: 'const bytes = new Uint8Array(frames)\n    if (socket.writable)',
      replacement: 'const bytes = frames\n    if (socket.writable)',
      why: "one call's audio reaches another's recorder",
      tests: ['edge/ws/connection'],
    },
    {
      name: 'what the kernel has taken is sent once more',
      source: 'socket.write(bytes.subarray(sentBytes), this.#written)',
      replacement: 'socket.write(bytes, this.#written)',
      why: 'the recorder loses the thread of its stream',
      tests: ['edge/ws/connection'],
    },
    {
      name: 'pongs that nobody reads pile up',
      source: 'if (this.bufferedBytes > UNREAD_BYTES_MAX) this.destroy()\n    else if',
      replacement: 'if',
      why: 'one socket fills the memory',
      tests: ['edge/ws/connection'],
    },
  ]),
  ...inFile('edge/fork-server-grpc.ts', [
    {
      name: 'a refusal over gRPC is no refusal',
      source: "call.emit('error', refusalStatus(refusal))\n      return",
      replacement: "call.emit('error', refusalStatus(refusal))",
      why: 'a recorder is dialled for a stranger',
      tests: ['edge/fork-server-grpc'],
    },
  ]),
  ...inFile('dialects/answering-connection.ts', [
    {
      name: 'the PBX is told that all is well whatever the recorder says',
      source: 'code: wasClean ? 1000 : BAD_GATEWAY',
      replacement: 'code: 1000',
      why: 'a recording that nobody has is taken for kept',
      tests: ['dialects/answering-connection'],
    },
  ]),
  ...inFile('dialects/protobuf.ts', [
    {
      name: 'a field that nobody knows passes',
      source: 'const isForeign =\n    fieldType === undefined ||',
      replacement: 'const isForeign =\n    fieldType !== undefined &&',
      why: 'keys in a newer version of the protocol reach the recorder',
      tests: ['dialects/protobuf', 'dialects/grpc-leaks'],
    },
    {
      name: 'a field may come twice',
      source: '!field.isForeign && !isRepeated(type[field.fieldNumber]) && has(fields, field.fieldNumber)',
      replacement: 'false',
      why: 'the recorder plays the audio that we did not look at',
      tests: ['dialects/protobuf'],
    },
  ]),
  ...inFile('dialects/party-tracks.ts', [
    {
      name: 'two parties speak on one track',
      source: 'holder === null && (track === own || track > 1)',
      replacement: 'track === own || (holder === null && track > 1)',
      why: 'a key of one is cut up by the voice of the other',
      tests: ['dialects/party-tracks'],
    },
    {
      name: 'a party goes on where it was before its pause',
      source: 'const startSample = isPaused ?',
      replacement: 'const startSample = isPaused && false ?',
      why: 'what it says is taken for something heard already, and silenced',
      tests: ['dialects/party-tracks'],
    },
  ]),
  ...inFile('dialects/ringcx/receive.ts', [
    {
      name: 'a party without a track passes unheard',
      source: "message.data.fill(silences[segment?.codec ?? 'pcmu'], start, end)",
      replacement: '',
      why: 'nobody listens to what leaves',
      tests: ['dialects/ringcx/receive'],
    },
    {
      name: 'the text of an event goes on as it came',
      source: 'scrubEvent(event)',
      replacement: '',
      why: 'card numbers among the attributes are stored',
      tests: ['dialects/ringcx/receive', 'dialects/grpc-leaks'],
    },
  ]),
  ...inFile('dialects/ringcx/segments.ts', [
    {
      name: 'a chunk that came before is taken again',
      source: 'if (seq <= segment.lastSeq) return true',
      replacement: '',
      why: 'its second copy is heard behind the step that covered the first',
      tests: ['dialects/ringcx/segments'],
    },
  ]),
  ...inFile('dialects/webex/receive.ts', [
    {
      name: 'a leg without a track passes unheard',
      source: 'message.data.fill(silenceOf(audio), data.start, data.end)',
      replacement: '',
      why: 'nobody listens to what leaves',
      tests: ['dialects/webex/receive'],
    },
    {
      name: 'half a sample passes unheard',
      source: 'message.data.fill(0, payloadEnd, data.end)',
      replacement: '',
      why: 'a byte that nobody has judged leaves with every odd message',
      tests: ['dialects/webex/receive'],
    },
  ]),
  ...inFile('dialects/webex/token.ts', [
    {
      name: 'a token for somebody else is taken',
      source: "claims['com.cisco.datasource.url'] === expected.dataSourceUrl &&",
      replacement: '',
      why: 'whoever has a token for any data source forks calls to our recorder',
      tests: ['dialects/webex/token'],
    },
    {
      name: 'a token of any key is taken',
      source: 'return isMeant && isSigned(',
      replacement: 'return isMeant || isSigned(',
      why: 'anyone can write one',
      tests: ['dialects/webex/token'],
    },
    {
      name: 'an expired token is taken',
      source: 'seconds < claims.exp + SKEW_S &&',
      replacement: '',
      why: 'a stolen one is good for ever',
      tests: ['dialects/webex/token'],
    },
  ]),
]
