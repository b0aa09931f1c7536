/**
 * Every bound of the proxy with its arithmetic (rule R7: every queue, buffer, size, count and retry has a limit with
 * a reason). What happens at a limit is said beside it; nothing unjudged ever passes because of one.
 */

/** Longest hold-back a policy may ask for. 10 s is the close timeout of AudioHook clients; audio at rest in memory is risk. */
export const HOLD_BACK_MS_MAX = 10_000

/**
 * Largest message from a PBX or a recorder. AudioHook allows 65,536 bytes, FreeSWITCH bursts its 5 s buffer:
 * 5 s x 48,000 Hz x 2 channels x 2 bytes = 960,000. Beyond it the socket is closed with 1009.
 */
export const MESSAGE_BYTES_MAX = 1 << 20

/** Most samples per channel in one frame: 5 s (mod_audio_fork's largest buffer) at 64 kHz. Longer audio is silenced undecoded. */
export const FRAME_SAMPLES_MAX = 5 * 64_000

/**
 * Items one call may hold back: 10 s of 2.5 ms packets on two tracks = 8,000, and some text between.
 * At the limit the oldest item is judged at once, its unjudged part as silence.
 */
export const HELD_ITEMS_MAX = 8_192

/** Bytes one call may hold back: 10 s x 48,000 Hz x 2 channels x 2 bytes = 1.92 MB, doubled for text envelopes. Same rule. */
export const HELD_BYTES_MAX = 4 << 20

/**
 * Spans remembered per track. Keys come at 20 a second at most, a hold-back is 10 s, look-ahead pads are short: 200
 * are in use at once. At the limit the two oldest neighbours are joined: more silence, never less.
 */
export const SPANS_PER_TRACK_MAX = 512

/**
 * Bytes waiting for one recorder (judged audio only): 60 s of stereo L16 at 8 kHz (32 kB/s) = 1.92 MB, or four minutes
 * of stereo G.711. What comes while it is full is given up, counted and named as a gap.
 */
export const RECORDER_QUEUE_BYTES_MAX = 4 << 20

/** Messages waiting for one recorder: 60 s of 2.5 ms packets on two tracks = 48,000, and text between. Same rule. */
export const RECORDER_QUEUE_ITEMS_MAX = 1 << 16

/** Calls one process accepts; a core carries about 1,700 at most. More are answered 503 before any recorder is dialled. */
export const CALLS_MAX = 4_000

/**
 * Connections that the kernel keeps until a process has accepted them: all of its PBXs may come back at once. Node asks for 511, and
 * beyond it the kernel forgets who has connected, and cuts them off when they speak. It keeps no more than net.core.somaxconn (4,096).
 */
export const CONNECTIONS_WAITING_MAX = CALLS_MAX

/** Milliseconds from TCP accept to the end of the upgrade request; Asterisk itself allows 500. */
export const HANDSHAKE_MS_MAX = 5_000

/** Signals kept for calls that have not begun, and answers kept for repeats; about 200 bytes each. The oldest go first. */
export const PENDING_SIGNALS_MAX = 10_000
export const REMEMBERED_SIGNALS_MAX = 20_000

/** Longest time a signal may wait for its call, and longest lease, in seconds: one working day. */
export const SIGNAL_TTL_SECONDS_MAX = 86_400

/**
 * Steps of one kind (payment, transfer, ...) that one call may have open at once; further ones join the oldest. Five kinds
 * are silent, and 5 x 64 spans leave room for keys in SPANS_PER_TRACK_MAX.
 */
export const OPEN_STEPS_PER_KIND_MAX = 64

/**
 * Lifts remembered per call: as many emergencies as may be open, and as many that have ended while a track that sends nothing
 * keeps them from being forgotten. Beyond it the oldest that has ended goes: more silence, never less.
 */
export const LIFTS_MAX = 2 * OPEN_STEPS_PER_KIND_MAX

/** Tokens whose steps are remembered: one lives an hour at most, and 4,000 calls of five payment steps make 20,000; 300 bytes each. */
export const TOKENS_REMEMBERED_MAX = 20_000

/** Webhook deliveries remembered: 160 a second for as long as one could be replayed, ten minutes; 150 bytes each. */
export const DELIVERIES_REMEMBERED_MAX = 100_000
