import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** What docs/faults.md says of recorders that break, signals that go wrong and clocks that are stepped, no longer so. */
export const faultDamages: readonly Damage[] = [
  ...inFile('session/control-plane.ts', [
    {
      name: 'a step that has ended is started again by its own repetition',
      source: "if (signal.state !== 'started') return true",
      replacement: 'return false',
      why: 'a message that was delivered twice keeps a call silent to its end',
      tests: ['session/control-plane'],
    },
    {
      name: 'a heartbeat is taken for a message that was delivered twice',
      source: 'return !refs.some((ref) => this.#memory.isOpen(ref, signal))',
      replacement: 'return true',
      why: 'a page that beats is told that its step is over, and its lease runs out',
      tests: ['session/control-plane'],
    },
    {
      name: 'an end that came first is forgotten',
      source: 'const hasEnded = this.#hasEndedAlready(signal)',
      replacement: 'const hasEnded = false',
      why: 'a step that is over keeps its call silent to its end',
      tests: ['session/control-plane'],
    },
    {
      name: 'a start waits for nobody',
      source: 'if (streams.length === 0) return hasEnded ? unknown(ENDED_FIRST) : this.#wait(signal, nowMs)',
      replacement: "if (streams.length === 0) return unknown('no such call is here')",
      why: 'a payment page that is quicker than the PBX is recorded',
      tests: ['session/control-plane'],
    },
    {
      name: 'of several calls one is silenced',
      source:
        "const told = this.#tell(streams, signal, nowMs)\n    if (told.every(({ outcome }) => outcome.kind === 'forbidden')) return forbidden",
      replacement:
        "const told = this.#tell(streams.slice(0, 1), signal, nowMs)\n    if (told.every(({ outcome }) => outcome.kind === 'forbidden')) return forbidden",
      why: 'the wrong one of an agent’s two calls is silent, and the card is heard in the other',
      tests: ['session/control-plane'],
    },
    {
      name: 'a call that nobody has named stays silent',
      source: 'if (refKey(ref) !== refKey(named)) this.#finish(this.#streamsOf(ref), signal, nowMs)',
      replacement: '',
      why: 'the other of two calls is lost as evidence',
      tests: ['session/control-plane'],
    },
    {
      name: 'an end means every call that its alias finds',
      source: 'if (callsOf(streams).size === 1) return streams',
      replacement: 'return streams.slice(0, 1)',
      why: 'of two calls that one signal has silenced, one stays silent to its end',
      tests: ['session/control-plane'],
    },
  ]),
  ...inFile('session/kept-signals.ts', [
    {
      name: 'what waits for its call waits for ever',
      source: 'return claimed.filter(({ expiresAtMs }) => expiresAtMs > nowMs).map(({ signal }) => signal)',
      replacement: 'return claimed.map(({ signal }) => signal)',
      why: 'a call is silent for a step of yesterday',
      tests: ['session/kept-signals', 'session/control-plane'],
    },
  ]),
  ...inFile('policy/ending.ts', [
    {
      name: 'an end means any step of its kind',
      source: 'const named = steps.filter(({ signalId }) => signalId === end.signalId)',
      replacement: 'const named = steps',
      why: "one page ends another's step, and its card is heard",
      tests: ['policy/ending'],
    },
  ]),
  ...inFile('policy/opening-hours.ts', [
    {
      name: 'the hours of a call go by the wall clock',
      source: 'const epochMs = this.startEpochMs + (nowMs - this.startMs)',
      replacement: 'const epochMs = Date.now()',
      why: 'whoever sets the clock has a call heard that is to be silent',
      tests: ['policy/opening-hours'],
    },
  ]),
  ...inFile('edge/fork-connection.ts', [
    {
      name: 'leases go by the wall clock',
      source: 'this.#session.tick(nowMs)',
      replacement: 'this.#session.tick(nowMs + this.services.clock.epochMs() - Date.now())',
      why: 'a clock that is put ahead raises an alarm for every open step',
      tests: ['integration/signal-faults'],
    },
  ]),
  ...inFile('ledger/ledger.io.ts', [
    {
      name: 'a day that comes again begins a file',
      source: 'dayOf(epochMs) > this.#fileDay',
      replacement: 'dayOf(epochMs) !== this.#fileDay',
      why: 'a clock that swings fills a folder with files',
      tests: ['ledger/ledger.io'],
    },
  ]),
  ...inFile('edge/recorder-client.ts', [
    {
      name: 'a recorder that comes back hears no beginning',
      source: 'this.#fill([...this.#preamble(), ...this.#queue.drain()])',
      replacement: 'this.#fill(this.#queue.drain())',
      why: 'it cannot tell whose audio it is, and stores none of it',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'what was on its way to a recorder is not sent again',
      source: 'const messages = socket.takeBack()',
      replacement: 'const messages: readonly WireMessage[] = []',
      why: 'a recording has a hole that nobody has counted',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'audio that finds no room is given up unseen',
      source: 'this.#queue.isFull) {\n      this.options.handler.gap(samples)',
      replacement: 'this.#queue.isFull) {',
      why: 'a recording has a hole that nobody has counted',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'a recorder that reads nothing is waited for',
      source: 'nowMs - this.#lastProgressMs > STALL_MS_MAX',
      replacement: 'nowMs < 0',
      why: 'a call is lost to a recorder that has stopped, and never dialled anew',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'what is given up at the end is not counted',
      source: 'if (lostSamples > 0) this.options.handler.gap(lostSamples)\n    this.options.handler.gone',
      replacement: 'this.options.handler.gone',
      why: 'a recording ends early, and says that it is whole',
      tests: ['edge/recorder-client'],
    },
  ]),
  ...inFile('edge/ws/connection.ts', [
    {
      name: 'a message that was half written counts as handed over',
      source: ' || this.socket.destroyed) return',
      replacement: ') return',
      why: 'a recorder that stalls loses a message, and nobody has counted it',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'what a recorder has not taken is called taken',
      source: 'if (sentBytes === frames.length) {',
      replacement: 'if (sentBytes >= 0) {',
      why: 'a recorder that stalls loses a message, and nobody has counted it',
      tests: ['edge/recorder-client'],
    },
    {
      name: 'what is sent while a recorder leaves is forgotten',
      source: '    this.#writes.push({ messages, frames: bytes })\n',
      replacement: '',
      why: 'a recording has a hole that nobody has counted',
      tests: ['edge/client-socket'],
    },
  ]),
  ...inFile('edge/unwritten.ts', [
    {
      name: 'what the network has taken keeps its audio',
      source: 'if (copy !== undefined) this.#messages.giveBack(copy)',
      replacement: '',
      why: 'gone is not gone',
      tests: ['edge/unwritten'],
    },
    {
      name: 'a socket hands the network what it has borrowed',
      source: 'const copy = this.#messages.copyOf(message)',
      replacement: 'const copy = message',
      why: 'a later frame of the call, not judged yet, is sent in the place of one that waited',
      tests: ['edge/unwritten'],
    },
  ]),
]
