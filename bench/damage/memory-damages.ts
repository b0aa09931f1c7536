import type { Damage } from './damages.js'

/** Faults in when messages are settled, in whose memory a message is in, and until when: one call's audio in another message. */
export const memoryDamages: readonly Damage[] = [
  {
    name: 'what has been taken is never settled',
    file: 'session/call-session.ts',
    source: '    this.#advance(nowMs)\n    this.#releaseAll(nowMs)',
    replacement: '    this.#releaseAll(nowMs)',
    why: 'no finding is placed: all of the call is silent',
    tests: ['session/call-session'],
  },
  {
    name: 'a borrowed message is kept',
    file: 'session/call-session.ts',
    source: 'this.parts.dialect.receive(this.#messages.copyOf(message), nowMs, this.#events)',
    replacement: 'this.parts.dialect.receive(message, nowMs, this.#events)',
    why: 'what the socket reads next is sent in its place, unjudged',
    tests: ['sim/call'],
  },
  {
    name: 'memory is used again before its audio has left',
    file: 'session/call-session.ts',
    source: 'this.#tally.received()',
    replacement:
      'this.#tally.received()\n    if (frame.message !== undefined) this.#messages.giveBack(frame.message)',
    why: 'a later frame, which nobody has judged, leaves in the place of an earlier one',
    tests: ['sim/call'],
  },
  {
    name: 'memory that is given back keeps its audio',
    file: 'session/message-store.ts',
    source: 'message.memory.fill(0)',
    replacement: '',
    why: 'gone is not gone',
    tests: ['session/message-store'],
  },
  {
    name: 'memory that is given back twice serves two messages',
    file: 'session/message-store.ts',
    source: ' || message.isFree) return',
    replacement: ') return',
    why: 'two frames that are held at once overwrite each other',
    tests: ['session/message-store'],
  },
  {
    name: 'the PCM of a channel stays in the scratch',
    file: 'session/lane.ts',
    source: '    right.fill(0, 0, count)',
    replacement: '',
    why: 'gone is not gone',
    tests: ['session/lane'],
  },
  {
    name: 'a link keeps what it has borrowed',
    file: 'edge/recorder-client.ts',
    source: 'message: copyOf(message), samples',
    replacement: 'message, samples',
    why: 'a later frame of the call, not judged yet, is sent in the place of one that waited',
    tests: ['edge/recorder-client'],
  },
]
