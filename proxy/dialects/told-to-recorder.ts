import type { ForkEvent, RecorderEvent } from './dialect.js'

/** What a recorder makes of what its receiver heard; the rest is between a PBX and a proxy. Empties `heard`. */
export const tellRecorder = (heard: ForkEvent[], out: RecorderEvent[]): void => {
  for (const event of heard) {
    if (event.kind === 'started') out.push({ kind: 'started', call: event.call })
    else if (event.kind === 'media') out.push(event)
    else if (event.kind === 'ended') out.push({ kind: 'ended' })
    else if (event.kind === 'violation') out.push({ kind: 'violation', code: event.code })
    else if (event.kind === 'close') out.push({ kind: 'close', code: event.code })
  }
  heard.length = 0
}
