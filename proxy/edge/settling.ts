/**
 * What comes of a call in one turn of the event loop comes in pieces, one behind the other. When they were all is known when another call
 * is told something, while what the first one has is still at hand; or at the end of the turn.
 */
import { endOfTurn } from './turns.js'

/** Somebody who is told messages, and then that they were all. */
export interface Told {
  settle(): void
}

/** Has been told messages, and not yet that they were all. */
let unsettled: Told | null = null
let isAwaited = false

/** Before `told` is told anything. Hot. */
export const settleOthers = (told: Told): void => {
  if (unsettled !== null && unsettled !== told) settleNow(unsettled)
}

/** More may come for it in this turn. Nobody else is unsettled. Hot. */
export const settleLater = (told: Told): void => {
  unsettled = told
  if (isAwaited) return
  isAwaited = true
  endOfTurn(() => {
    isAwaited = false
    if (unsettled !== null) settleNow(unsettled)
  })
}

/** Hot. */
export const settleNow = (told: Told): void => {
  if (unsettled === told) unsettled = null
  told.settle()
}

/** Nothing more will come for it: settles it where it waits for that. */
export const settleWaiting = (told: Told): void => {
  if (unsettled === told) settleNow(told)
}
