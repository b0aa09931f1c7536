/*
 * Plays many forked calls and their recorder in one thread, and checks and times every frame.
 *
 *   this program: PBXs  --ws-->  the relay or proxy under test  --ws-->  this program: recorder
 *
 * Both ends read one clock, so that a frame's way is timed without synchronising anything; the program may run on another
 * host than what it tests. Every payload is known: noise at -40 dBm0 that depends on the call and the frame, with the call,
 * the frame's number and its sending time written in its quietest codewords, and now and then a DTMF key. What arrives is
 * compared byte by byte: intact, silent where it may or must be, or wrong.
 *
 *   gcc -O2 -o forks forks.c            plain
 *   gcc -O2 -DWITH_TLS -o forks forks.c -lssl -lcrypto
 *
 * stdout: one JSON object a line ({"event":"window-begins"}, ..."window-ends", ..."result", or "gave-up" alone); stderr: progress.
 * SIGINT and SIGTERM end the calls that there are and the window with them: the result is of what there was.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#endif

enum { PTIME_US = 20000, FRAME_SAMPLES = 160, MARK_BYTES = 24, KEY_FRAMES = 4, SENT_RING = 1024 };
enum { PING_FRAMES = 250 };          /* AudioHook clients ping every 5 s */
enum { CALL_END_US = 20000000 };     /* a call that is not over this long after its last frame has failed */
enum { READ_BYTES = 1 << 18 };
enum { TARGETS_MAX = 8 };
#define SILENT(byte) (((byte) | 0x80) == 0xff)

typedef enum { AUDIOHOOK, TWILIO } Dialect;

/* A proxy under test; `address` once it has been resolved. */
typedef struct {
  const char *host, *port;
  struct addrinfo *address;
} Target;

static struct {
  const char *path, *sink_host, *sink_port, *cert, *key;
  Dialect dialect;
  Target targets[TARGETS_MAX];
  int target_count, calls, tracks, redacts, key_every_frames, tls, is_silence_free;
  FILE *runs;
  long total, frames_per_call;
  double seconds, warmup, ramp, live_within, hold_ms, speed, storm_at, near_ms;
} opt;

/* Frames on their way at once: 20 s of them, which no hold-back is. */
enum { SENT_TIMES = 1024 };

/* One call, told by both ends; freed when both have let go. */
typedef struct {
  uint32_t number;
  int refs;
  long sent, received;
  int said_stop, is_abandoned;
  /* For `--runs`: when its newest frames were sent, and the run of wholly silent frames that is going on; -1: none. */
  int64_t first_sent_us, sent_us[SENT_TIMES];
  int64_t silent_from_us, behind_us;
} Call;

typedef struct {
  int fd, is_sink, is_upgraded, wants_write, is_dead;
  int slot;
  Call *call;
  uint8_t *rest, *out;
  size_t rest_len, rest_cap, out_len, out_cap;
  int seq, peer_seq;
  char session[40];
#ifdef WITH_TLS
  SSL *ssl;
#endif
} Conn;

typedef enum { WAITING, CONNECTING, ACTIVE, CLOSING, OVER } SlotState;
typedef struct {
  SlotState state;
  Conn *conn;
  Call *call;
  int64_t due_us, deadline_us;
  long left;
} Slot;

static Slot *slots;
static int epoll_fd, listen_fd;
static int64_t began_us, window_begin_us = INT64_MAX, window_end_us = INT64_MAX;
static long calls_begun, calls_done, calls_failed, calls_unanswered;
static volatile sig_atomic_t is_interrupted;
static struct {
  long sent, received, intact, silenced, expected_silent, leaked_frames, leaked_samples, over_silenced, corrupt, misordered,
      lost, extra, keys, refused, window_sent, window_received, sent_late, bytes_sent;
} sum;

/* What was added to the intended hold-back, in steps of 10 us from a second early (a frame may leave before its time) to nine late. */
enum { BUCKET_US = 10, EARLIEST_US = -1000000, BUCKETS = 1000000 };
static uint32_t histogram[BUCKETS];
static long histogram_count;
static int64_t added_max_us;
/* Boundaries at which frames are counted, ms: those of hushfork_frame_latency_seconds. */
static const int bounds_ms[] = {20, 50, 100, 200, 500, 1000};
static int64_t storm_us, storm_done_us, all_live_us;

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  exit(2);
}

static void observe(int64_t us) {
  if (histogram_count == 0 || us > added_max_us) added_max_us = us;
  int64_t index = us < EARLIEST_US ? 0 : (us - EARLIEST_US) / BUCKET_US;
  histogram[index < BUCKETS ? index : BUCKETS - 1]++;
  histogram_count++;
}

static double quantile_ms(double q) {
  long rank = (long)ceil(q * (double)histogram_count), seen = 0;
  for (long i = 0; i < BUCKETS; i++)
    if ((seen += histogram[i]) >= rank && histogram_count > 0) return ((double)i * BUCKET_US + BUCKET_US / 2 + EARLIEST_US) / 1000.0;
  return 0;
}

/* Frames that came more than so many ms past their hold-back. */
static long later_than(int ms) {
  long count = 0;
  for (long i = ((long)ms * 1000 - EARLIEST_US) / BUCKET_US; i < BUCKETS; i++) count += histogram[i];
  return count;
}

/* ---- audio ---------------------------------------------------------------------------------------------------- */

static uint8_t noise[4096];
/* What is spoken instead of noise, a track after the other, each of so many bytes; NULL: noise. */
static uint8_t *speech;
static long speech_bytes;
static uint8_t key_tone[16][KEY_FRAMES * FRAME_SAMPLES];

/* ITU-T G.711, mu-law, from a 14-bit magnitude. */
static uint8_t mulaw(int pcm) {
  int sign = pcm < 0 ? 0x80 : 0, magnitude = (sign ? -pcm : pcm) / 4 + 33;
  if (magnitude > 8191) magnitude = 8191;
  int segment = 0;
  for (int bound = 63; magnitude > bound; bound = bound * 2 + 1) segment++;
  return (uint8_t) ~(sign | (segment << 4) | ((magnitude >> (segment + 1)) & 15));
}

static void read_speech(const char *file) {
  FILE *in = fopen(file, "rb");
  if (!in || fseek(in, 0, SEEK_END) < 0) die("cannot read %s", file);
  speech_bytes = ftell(in) / 2;
  if (speech_bytes < FRAME_SAMPLES || !(speech = malloc((size_t)speech_bytes * 2))) die("%s is too short for two tracks", file);
  rewind(in);
  if (fread(speech, 1, (size_t)speech_bytes * 2, in) != (size_t)speech_bytes * 2) die("cannot read %s", file);
  fclose(in);
}

static void make_audio(void) {
  static const double low[] = {697, 770, 852, 941}, high[] = {1209, 1336, 1477, 1633};
  uint32_t x = 2463534242u;
  for (size_t i = 0; i < sizeof noise; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    noise[i] = (uint8_t)(0x60 | ((x >> 9) & 0x9f)); /* the two quietest segments */
  }
  for (int digit = 0; digit < 16; digit++)
    for (int i = 0; i < KEY_FRAMES * FRAME_SAMPLES; i++)
      key_tone[digit][i] = mulaw((int)(4000 * (sin(2 * M_PI * low[digit / 4] * i / 8000) + sin(2 * M_PI * high[digit % 4] * i / 8000))));
}

/* Keys come at other times in other calls: where in its period this frame lies. */
static long since_key(const Call *call, long serial) {
  return (serial + (long)(call->number * 37u % (unsigned)opt.key_every_frames)) % opt.key_every_frames;
}

/* Which frame of a key this frame of the call is, or -1. A key that had begun before the call is not heard. */
static int key_frame(const Call *call, long serial) {
  if (opt.key_every_frames == 0) return -1;
  long phase = since_key(call, serial);
  return phase < KEY_FRAMES && serial >= phase ? (int)phase : -1;
}

/* A key is one digit from its first frame to its last, and another one the next time. */
static int digit_of(const Call *call, long serial) {
  long key_serial = serial - since_key(call, serial);
  return (int)((call->number + (unsigned long)(key_serial / opt.key_every_frames)) % 16);
}

/* Whether a key is so near that echo and pads may silence this frame. */
static int is_near_key(const Call *call, long serial) {
  long reach = (long)(opt.near_ms / 20);
  if (opt.key_every_frames == 0) return 0;
  long phase = since_key(call, serial);
  return (phase < KEY_FRAMES + reach && serial >= phase) || phase >= opt.key_every_frames - reach;
}

/* Every call listens in at another place, and hears it over and over. */
static const uint8_t *background_of(const Call *call, long serial, int track) {
  if (speech) return speech + track * speech_bytes + ((long)(call->number * 7919u) + serial) % (speech_bytes / FRAME_SAMPLES) * FRAME_SAMPLES;
  return noise + ((call->number * 131u + (unsigned)serial * 17u + (unsigned)track * 53u) & 1023u);
}

static void put_nibbles(uint8_t *out, uint32_t value) {
  for (int i = 0; i < 8; i++) out[i] = (uint8_t)(0xf0 | ((value >> (4 * i)) & 15));
}

static uint32_t get_nibbles(const uint8_t *in) {
  uint32_t value = 0;
  for (int i = 0; i < 8; i++) value |= (uint32_t)(in[i] & 15) << (4 * i);
  return value;
}

/* The samples of one track of a frame: the key on track 0, the marks on the last track. */
static void make_track(const Call *call, long serial, int track, int is_marked, uint32_t sent_us, uint8_t *out) {
  int key = track == 0 ? key_frame(call, serial) : -1;
  if (key >= 0) {
    memcpy(out, key_tone[digit_of(call, serial)] + key * FRAME_SAMPLES, FRAME_SAMPLES);
    return;
  }
  memcpy(out, background_of(call, serial, track), FRAME_SAMPLES);
  if (!is_marked) return;
  put_nibbles(out, call->number);
  put_nibbles(out + 8, (uint32_t)serial);
  put_nibbles(out + 16, sent_us);
}

/* Compares what arrived with what was sent; `serial` is the frame's place in the call. Returns whether all of it is silent. */
static int check_track(Call *call, long serial, int track, int is_marked, const uint8_t *got, int64_t at_us) {
  uint8_t want[FRAME_SAMPLES];
  uint32_t sent_us = is_marked ? get_nibbles(got + 16) : 0;
  make_track(call, serial, track, is_marked, sent_us, want);
  int is_key = track == 0 && key_frame(call, serial) >= 0;
  long silent = 0, wrong = 0;
  if (memcmp(got, want, FRAME_SAMPLES) != 0)
    for (int i = 0; i < FRAME_SAMPLES; i++) {
      if (SILENT(got[i])) silent++;
      else if (got[i] != want[i]) wrong++;
    }
  else
    for (int i = 0; i < FRAME_SAMPLES && is_key && opt.redacts; i++) silent += SILENT(got[i]);
  if (is_key && opt.redacts) {
    sum.expected_silent++;
    if (silent < FRAME_SAMPLES) sum.leaked_frames++, sum.leaked_samples += FRAME_SAMPLES - silent;
  } else if (wrong > 0 && is_marked && get_nibbles(got) == call->number && get_nibbles(got + 8) != (uint32_t)serial) sum.misordered++;
  else if (wrong > 0) sum.corrupt++;
  else if (silent == 0) sum.intact++;
  else if (opt.redacts && (opt.is_silence_free || is_near_key(call, serial))) sum.silenced++;
  else sum.over_silenced++;
  if (is_marked && !is_key && silent == 0 && wrong == 0 && at_us >= window_begin_us && at_us < window_end_us)
    observe((int64_t)(uint32_t)((uint32_t)at_us - sent_us) - (int64_t)(opt.hold_ms * 1000));
  return silent == FRAME_SAMPLES;
}

/*
 * Tells of a run of silent frames when it is over: its call, when its first frame was sent, when the one behind its last was, and
 * how far this program was behind when it sent the first: it then sends sooner what follows, and less time lies in as many frames.
 */
static void note_run(Call *call, long serial, int is_silent) {
  if (!opt.runs || is_silent == (call->silent_from_us >= 0)) return;
  int64_t sent_us = call->sent_us[serial % SENT_TIMES];
  if (!is_silent)
    fprintf(opt.runs, "{\"call\":%u,\"startUs\":%lld,\"endUs\":%lld,\"behindUs\":%lld}\n", call->number, (long long)call->silent_from_us,
            (long long)sent_us, (long long)call->behind_us);
  call->behind_us = sent_us - call->first_sent_us - serial * 20000;
  call->silent_from_us = is_silent ? sent_us : -1;
}

/* ---- sockets -------------------------------------------------------------------------------------------------- */

#ifdef WITH_TLS
static SSL_CTX *client_context, *server_context;

static void make_contexts(void) {
  client_context = SSL_CTX_new(TLS_client_method());
  server_context = SSL_CTX_new(TLS_server_method());
  for (int i = 0; i < 2; i++) {
    SSL_CTX *context = i ? server_context : client_context;
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  if (SSL_CTX_use_certificate_chain_file(server_context, opt.cert) != 1 ||
      SSL_CTX_use_PrivateKey_file(server_context, opt.key, SSL_FILETYPE_PEM) != 1)
    die("cannot use the certificate %s", opt.cert);
}
#endif

static ssize_t io_read(Conn *conn, void *data, size_t length) {
#ifdef WITH_TLS
  if (conn->ssl) {
    int got = SSL_read(conn->ssl, data, (int)length);
    if (got > 0) return got;
    int error = SSL_get_error(conn->ssl, got);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
    return -1;
  }
#endif
  return read(conn->fd, data, length);
}

static ssize_t io_write(Conn *conn, const void *data, size_t length) {
#ifdef WITH_TLS
  if (conn->ssl) {
    int put = SSL_write(conn->ssl, data, (int)length);
    if (put > 0) return put;
    int error = SSL_get_error(conn->ssl, put);
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
    return -1;
  }
#endif
  return send(conn->fd, data, length, MSG_NOSIGNAL);
}

static void watch(Conn *conn, int wants_write) {
  if (conn->wants_write == wants_write) return;
  conn->wants_write = wants_write;
  struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = conn};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, conn->fd, &event);
}

static void let_go(Call *call) {
  if (!call || --call->refs > 0) return;
  note_run(call, call->sent - 1, 0);
  free(call);
}

static void drop(Conn *conn) {
  if (conn->is_dead) return;
  conn->is_dead = 1;
#ifdef WITH_TLS
  if (conn->ssl) SSL_free(conn->ssl);
#endif
  close(conn->fd);
}

/* Freed after the events of this round, of which one may still name it. */
static Conn *graveyard[65536];
static int buried;

static void bury(Conn *conn) {
  drop(conn);
  if (buried < 65536) graveyard[buried++] = conn;
}

static void free_buried(void) {
  while (buried > 0) {
    Conn *conn = graveyard[--buried];
    free(conn->rest), free(conn->out), free(conn);
  }
}

static void append(uint8_t **data, size_t *length, size_t *capacity, const void *more, size_t count) {
  if (*length + count > *capacity) {
    *capacity = (*length + count) * 2;
    if (!(*data = realloc(*data, *capacity))) die("out of memory");
  }
  memcpy(*data + *length, more, count);
  *length += count;
}

static int put(Conn *conn, const uint8_t *data, size_t length) {
  if (conn->is_dead) return -1;
  if (conn->out_len == 0) {
    ssize_t done = io_write(conn, data, length);
    if (done < 0 && errno != EAGAIN && errno != ENOTCONN) return -1;
    if (done > 0) data += done, length -= (size_t)done;
    if (length == 0) return 0;
  }
  append(&conn->out, &conn->out_len, &conn->out_cap, data, length);
  watch(conn, 1);
  return 0;
}

static int pump(Conn *conn) {
  while (conn->out_len > 0) {
    ssize_t done = io_write(conn, conn->out, conn->out_len);
    if (done < 0) return errno == EAGAIN || errno == ENOTCONN ? 0 : -1;
    memmove(conn->out, conn->out + done, conn->out_len -= (size_t)done);
  }
  watch(conn, 0);
  return 0;
}

/* RFC 6455, section 5.2. A client masks; its key is not random enough for a browser, which this is not. */
static int put_message(Conn *conn, int opcode, const uint8_t *data, size_t length) {
  static uint8_t frame[1 << 17];
  static uint32_t mask = 0x9e3779b1u;
  size_t head = 2;
  frame[0] = (uint8_t)(0x80 | opcode);
  if (length < 126) frame[1] = (uint8_t)length;
  else frame[1] = 126, frame[2] = (uint8_t)(length >> 8), frame[3] = (uint8_t)length, head = 4;
  if (!conn->is_sink) {
    uint8_t key[4];
    mask = mask * 1664525u + 1013904223u;
    memcpy(key, &mask, 4);
    frame[1] |= 0x80;
    memcpy(frame + head, key, 4);
    head += 4;
    for (size_t i = 0; i < length; i++) frame[head + i] = data[i] ^ key[i & 3];
  } else
    memcpy(frame + head, data, length);
  return put(conn, frame, head + length);
}

static int say(Conn *conn, const char *format, ...) {
  char text[2048];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return put_message(conn, 1, (uint8_t *)text, (size_t)length);
}

/* ---- what the ends say ---------------------------------------------------------------------------------------- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static int8_t unbase64[256];

static int send_frame(Conn *conn, Call *call) {
  uint8_t track[2][FRAME_SAMPLES], frame[2 * FRAME_SAMPLES];
  long serial = call->sent++;
  uint32_t at = (uint32_t)now_us();
  call->sent_us[serial % SENT_TIMES] = now_us();
  if (serial == 0) call->first_sent_us = call->sent_us[0];
  for (int i = 0; i < opt.tracks; i++) make_track(call, serial, i, i == opt.tracks - 1, at, track[i]);
  if (key_frame(call, serial) == 0) sum.keys++;
  int is_in_window = (int64_t)now_us() >= window_begin_us && (int64_t)now_us() < window_end_us;
  if (opt.dialect == AUDIOHOOK) {
    sum.sent++, sum.window_sent += is_in_window, sum.bytes_sent += opt.tracks * FRAME_SAMPLES;
    if (opt.tracks == 1) return put_message(conn, 2, track[0], FRAME_SAMPLES);
    for (int i = 0; i < FRAME_SAMPLES; i++) frame[2 * i] = track[0][i], frame[2 * i + 1] = track[1][i];
    return put_message(conn, 2, frame, sizeof frame);
  }
  for (int t = 0; t < opt.tracks; t++) {
    char text[512], payload[FRAME_SAMPLES * 4 / 3 + 8];
    int n = 0;
    for (int i = 0; i < FRAME_SAMPLES; i += 3) {
      int left = FRAME_SAMPLES - i;
      uint32_t v = (uint32_t)track[t][i] << 16 | (left > 1 ? (uint32_t)track[t][i + 1] << 8 : 0) | (left > 2 ? track[t][i + 2] : 0);
      payload[n++] = base64[v >> 18], payload[n++] = base64[(v >> 12) & 63];
      payload[n++] = left > 1 ? base64[(v >> 6) & 63] : '=';
      payload[n++] = left > 2 ? base64[v & 63] : '=';
    }
    payload[n] = 0;
    int length = snprintf(text, sizeof text,
                          "{\"event\":\"media\",\"sequenceNumber\":\"%d\",\"media\":{\"track\":\"%s\",\"chunk\":\"%ld\",\"timestamp\":\"%ld\","
                          "\"payload\":\"%s\"},\"streamSid\":\"MZ%032x\"}",
                          ++conn->seq, t == 0 ? "inbound" : "outbound", serial + 1, serial * 20, payload, call->number);
    sum.sent++, sum.window_sent += is_in_window, sum.bytes_sent += length;
    if (put_message(conn, 1, (uint8_t *)text, (size_t)length) < 0) return -1;
  }
  return 0;
}

static int begin_call(Conn *conn, Call *call) {
  if (opt.dialect == TWILIO) {
    if (say(conn, "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}") < 0) return -1;
    return say(conn,
               "{\"event\":\"start\",\"sequenceNumber\":\"%d\",\"start\":{\"accountSid\":\"AC%032x\",\"streamSid\":\"MZ%032x\",\"callSid\":\"CA%032x\","
               "\"tracks\":[\"inbound\"%s],\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},"
               "\"customParameters\":{}},\"streamSid\":\"MZ%032x\"}",
               ++conn->seq, 1, call->number, call->number, opt.tracks == 2 ? ",\"outbound\"" : "", call->number);
  }
  return say(conn,
             "{\"version\":\"2\",\"type\":\"open\",\"seq\":%d,\"serverseq\":%d,\"id\":\"%s\",\"position\":\"PT0S\",\"parameters\":{"
             "\"organizationId\":\"%s\",\"conversationId\":\"00000000-0000-4000-8000-%012x\",\"participant\":{\"id\":\"%s\",\"ani\":\"\","
             "\"aniName\":\"\",\"dnis\":\"\"},\"media\":[{\"type\":\"audio\",\"format\":\"PCMU\",\"channels\":[%s],\"rate\":8000}],"
             "\"language\":\"en-GB\"}}",
             ++conn->seq, conn->peer_seq, conn->session, conn->session, call->number, conn->session,
             opt.tracks == 2 ? "\"external\",\"internal\"" : "\"external\"");
}

static int client_says(Conn *conn, const char *type, const char *parameters) {
  return say(conn, "{\"version\":\"2\",\"type\":\"%s\",\"seq\":%d,\"serverseq\":%d,\"id\":\"%s\",\"position\":\"PT%.2fS\",\"parameters\":%s}", type,
             ++conn->seq, conn->peer_seq, conn->session, (double)conn->call->sent * 0.02, parameters);
}

static int server_says(Conn *conn, const char *type, const char *parameters) {
  return say(conn, "{\"version\":\"2\",\"type\":\"%s\",\"seq\":%d,\"clientseq\":%d,\"id\":\"%s\",\"parameters\":%s}", type, ++conn->seq,
             conn->peer_seq, conn->session, parameters);
}

static int end_call(Conn *conn) {
  if (opt.dialect == AUDIOHOOK) return client_says(conn, "close", "{\"reason\":\"end\"}");
  return say(conn, "{\"event\":\"stop\",\"sequenceNumber\":\"%d\",\"stop\":{\"accountSid\":\"AC%032x\",\"callSid\":\"CA%032x\"},\"streamSid\":\"MZ%032x\"}",
             ++conn->seq, 1, conn->call->number, conn->call->number);
}

static const char *find(const char *text, size_t length, const char *what) { return memmem(text, length, what, strlen(what)); }

static Call *call_numbered(uint32_t number) {
  for (int i = 0; i < opt.calls; i++)
    if (slots[i].call && slots[i].call->number == number) return slots[i].call;
  return NULL;
}

/* The first text of the recorder's side names the call in its last hexadecimal digits. */
static void meet_call(Conn *conn, const char *text, size_t length, const char *before, int skip, int digits) {
  const char *at = find(text, length, before);
  char hex[33] = {0};
  if (!at || conn->call) return;
  memcpy(hex, at + strlen(before) + skip, (size_t)digits);
  if ((conn->call = call_numbered((uint32_t)strtoul(hex + (digits > 8 ? digits - 8 : 0), NULL, 16)))) conn->call->refs++;
}

static void learn_seq(Conn *conn, const char *text, size_t length) {
  const char *at = find(text, length, "\"seq\":");
  if (at) conn->peer_seq = atoi(at + 6);
}

static void received(Call *call) {
  sum.received++;
  int64_t at = now_us();
  sum.window_received += at >= window_begin_us && at < window_end_us;
  call->received++;
}

static void sink_media_json(Conn *conn, const char *text, size_t length) {
  static const char before[] = "\"payload\":\"";
  const char *at = find(text, length, before);
  uint8_t got[FRAME_SAMPLES + 3];
  Call *call = conn->call;
  int track = opt.tracks == 2 && find(text, length, "\"outbound\"") ? 1 : 0;
  if (!at || !call || (size_t)(at - text) + sizeof before + 215 > length) {
    sum.corrupt++;
    return;
  }
  at += sizeof before - 1;
  for (int i = 0, n = 0; n < FRAME_SAMPLES; i += 4, n += 3) {
    uint32_t v = (uint32_t)unbase64[(uint8_t)at[i]] << 18 | (uint32_t)unbase64[(uint8_t)at[i + 1]] << 12 |
                 (uint32_t)unbase64[(uint8_t)at[i + 2]] << 6 | (uint32_t)unbase64[(uint8_t)at[i + 3]];
    got[n] = (uint8_t)(v >> 16), got[n + 1] = (uint8_t)(v >> 8), got[n + 2] = (uint8_t)v;
  }
  int is_silent = check_track(call, call->received / opt.tracks, track, track == opt.tracks - 1, got, now_us());
  if (track == opt.tracks - 1) note_run(call, call->received / opt.tracks, is_silent);
  received(call);
}

static void sink_message(Conn *conn, int opcode, const uint8_t *data, size_t length) {
  const char *text = (const char *)data;
  if (opcode == 2) {
    uint8_t track[2][FRAME_SAMPLES];
    if (!conn->call || length != (size_t)(FRAME_SAMPLES * opt.tracks)) {
      sum.corrupt++;
      return;
    }
    for (int i = 0; i < FRAME_SAMPLES; i++)
      for (int t = 0; t < opt.tracks; t++) track[t][i] = data[i * opt.tracks + t];
    int64_t at = now_us();
    int is_silent = 1;
    for (int t = 0; t < opt.tracks; t++) is_silent &= check_track(conn->call, conn->call->received, t, t == opt.tracks - 1, track[t], at);
    note_run(conn->call, conn->call->received, is_silent);
    received(conn->call);
    return;
  }
  if (opt.dialect == TWILIO) {
    if (find(text, length, "\"event\":\"media\"")) sink_media_json(conn, text, length);
    else if (find(text, length, "\"event\":\"start\"")) meet_call(conn, text, length, "\"callSid\":\"CA", 0, 32);
    else if (find(text, length, "\"event\":\"stop\"") && conn->call) conn->call->said_stop = 1;
    return;
  }
  learn_seq(conn, text, length);
  if (find(text, length, "\"type\":\"open\"")) {
    const char *id = find(text, length, "\"id\":\"");
    if (id) memcpy(conn->session, id + 6, 36);
    meet_call(conn, text, length, "\"conversationId\":\"", 24, 12);
    server_says(conn, "opened", opt.tracks == 2
                                    ? "{\"startPaused\":false,\"media\":[{\"type\":\"audio\",\"format\":\"PCMU\",\"channels\":[\"external\",\"internal\"],\"rate\":8000}]}"
                                    : "{\"startPaused\":false,\"media\":[{\"type\":\"audio\",\"format\":\"PCMU\",\"channels\":[\"external\"],\"rate\":8000}]}");
  } else if (find(text, length, "\"type\":\"ping\"")) server_says(conn, "pong", "{}");
  else if (find(text, length, "\"type\":\"close\"")) {
    if (conn->call) conn->call->said_stop = 1;
    server_says(conn, "closed", "{}");
  }
}

static void slot_active(Slot *slot) {
  slot->state = ACTIVE;
  int64_t now = now_us();
  slot->due_us = now + (int64_t)((double)rand() / RAND_MAX * PTIME_US / opt.speed);
}

static void pbx_message(Conn *conn, int opcode, const uint8_t *data, size_t length) {
  const char *text = (const char *)data;
  Slot *slot = &slots[conn->slot];
  if (opcode != 1 || opt.dialect != AUDIOHOOK || slot->conn != conn) return;
  learn_seq(conn, text, length);
  if (find(text, length, "\"type\":\"opened\"")) slot_active(slot);
  else if (find(text, length, "\"type\":\"closed\"")) slot->state = OVER;
  else if (find(text, length, "\"type\":\"disconnect\"")) sum.refused++, slot->state = OVER;
}

/* ---- connections ---------------------------------------------------------------------------------------------- */

static void non_blocking(int fd) {
  int one = 1;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static Conn *adopt(int fd, int is_sink) {
  Conn *conn = calloc(1, sizeof *conn);
  if (!conn) die("out of memory");
  conn->fd = fd, conn->is_sink = is_sink;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
#ifdef WITH_TLS
  if (opt.tls) {
    conn->ssl = SSL_new(is_sink ? server_context : client_context);
    SSL_set_fd(conn->ssl, fd);
    if (is_sink) SSL_set_accept_state(conn->ssl);
    else SSL_set_connect_state(conn->ssl);
  }
#endif
  return conn;
}

static struct addrinfo *resolve(const char *host, const char *port, int flags) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags}, *found;
  if (getaddrinfo(host, port, &hints, &found) != 0) die("cannot resolve %s", host);
  return found;
}

static void dial(int index) {
  static uint32_t numbers;
  uint32_t number = ++numbers;
  Target *target = &opt.targets[number % (uint32_t)opt.target_count];
  Slot *slot = &slots[index];
  if (!target->address) target->address = resolve(target->host, target->port, 0);
  int fd = socket(target->address->ai_family, SOCK_STREAM, 0);
  if (fd < 0) die("out of sockets: raise the limit of open files (ulimit -n)");
  non_blocking(fd);
  connect(fd, target->address->ai_addr, target->address->ai_addrlen);
  Conn *conn = adopt(fd, 0);
  Call *call = calloc(1, sizeof *call);
  call->number = number, call->refs = 1, call->silent_from_us = -1;
  conn->slot = index, conn->call = call;
  snprintf(conn->session, sizeof conn->session, "%08x-0000-4000-8000-%012x", call->number, call->number);
  slot->conn = conn, slot->call = call, slot->state = CONNECTING, slot->left = opt.frames_per_call;
  slot->deadline_us = now_us() + CALL_END_US;
  calls_begun++;
  char request[1024];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        "Sec-WebSocket-Version: 13\r\nAudiohook-Organization-Id: %s\r\nAudiohook-Session-Id: %s\r\nAudiohook-Correlation-Id: %s\r\n\r\n",
                        opt.path, target->host, target->port, conn->session, conn->session, conn->session);
  append(&conn->out, &conn->out_len, &conn->out_cap, request, (size_t)length);
  watch(conn, 1);
}

/* SHA-1 (RFC 3174) of the key and the GUID of RFC 6455, section 4.2.2: at most one block and a bit. */
static void accept_key(const char *key, size_t length, char out[29]) {
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t m[128] = {0}, digest[20];
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  if (length > 64) length = 64;
  memcpy(m, key, length), memcpy(m + length, guid, 36);
  size_t count = length + 36, blocks = (count + 9 + 63) / 64;
  m[count] = 0x80;
  for (int i = 0; i < 8; i++) m[blocks * 64 - 1 - (size_t)i] = (uint8_t)((uint64_t)count * 8 >> (8 * i));
  for (size_t b = 0; b < blocks; b++) {
    uint32_t w[80], a = h[0], c1 = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)m[b * 64 + 4 * i] << 24 | (uint32_t)m[b * 64 + 4 * i + 1] << 16 | (uint32_t)m[b * 64 + 4 * i + 2] << 8 | m[b * 64 + 4 * i + 3];
    for (int i = 16; i < 80; i++) { uint32_t x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]; w[i] = x << 1 | x >> 31; }
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (c1 & c) | (~c1 & d) : i < 40 ? c1 ^ c ^ d : i < 60 ? (c1 & c) | (c1 & d) | (c & d) : c1 ^ c ^ d;
      uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t t = (a << 5 | a >> 27) + f + e + k + w[i];
      e = d, d = c, c = c1 << 30 | c1 >> 2, c1 = a, a = t;
    }
    h[0] += a, h[1] += c1, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
  for (int i = 0, n = 0; i < 21; i += 3) {
    uint32_t v = (uint32_t)digest[i] << 16 | (i + 1 < 20 ? (uint32_t)digest[i + 1] << 8 : 0) | (i + 2 < 20 ? digest[i + 2] : 0);
    out[n++] = base64[v >> 18], out[n++] = base64[(v >> 12) & 63], out[n++] = base64[(v >> 6) & 63], out[n++] = i + 2 < 20 ? base64[v & 63] : '=';
  }
  out[28] = 0;
}

/* The end of the HTTP head, or 0 when it is not all here; SIZE_MAX when the other side refused. */
static size_t upgrade(Conn *conn, const char *data, size_t length) {
  const char *end = find(data, length, "\r\n\r\n");
  if (!end) return 0;
  size_t head = (size_t)(end - data) + 4;
  conn->is_upgraded = 1;
  if (conn->is_sink) {
    const char *key = strcasestr(data, "sec-websocket-key:");
    char accept[29], answer[256];
    if (!key) return SIZE_MAX;
    for (key += 18; *key == ' '; key++)
      ;
    accept_key(key, strcspn(key, "\r \t"), accept);
    int n = snprintf(answer, sizeof answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    put(conn, (uint8_t *)answer, (size_t)n);
    return head;
  }
  if (length < 12 || memcmp(data + 9, "101", 3) != 0) return SIZE_MAX;
  if (begin_call(conn, conn->call) < 0) return SIZE_MAX;
  if (opt.dialect == TWILIO) slot_active(&slots[conn->slot]);
  return head;
}

static size_t message(Conn *conn, uint8_t *data, size_t length, int *is_closed) {
  if (length < 2) return 0;
  size_t size = data[1] & 127, head = 2;
  int masked = data[1] >> 7;
  if (size == 126) {
    if (length < 4) return 0;
    size = (size_t)data[2] << 8 | data[3], head = 4;
  } else if (size == 127) {
    if (length < 10) return 0;
    size = (size_t)data[6] << 24 | (size_t)data[7] << 16 | (size_t)data[8] << 8 | data[9], head = 10;
  }
  uint8_t *key = data + head;
  head += masked ? 4 : 0;
  if (length < head + size) return 0;
  uint8_t *body = data + head;
  for (size_t i = 0; masked && i < size; i++) body[i] ^= key[i & 3];
  int opcode = data[0] & 15;
  if (opcode == 8) put_message(conn, 8, body, size < 2 ? 0 : 2), *is_closed = 1;
  else if (opcode == 9) put_message(conn, 10, body, size);
  else if (opcode == 1 || opcode == 2) {
    if (conn->is_sink) sink_message(conn, opcode, body, size);
    else pbx_message(conn, opcode, body, size);
  }
  return head + size;
}

/* Calls whose PBX has vanished, and whose recorder is still to be told. */
static long abandoned;

static void settle(Call *call) {
  note_run(call, call->received, 0);
  long want = call->sent * (opt.dialect == TWILIO ? opt.tracks : 1);
  if (call->received < want) sum.lost += want - call->received;
  if (call->received > want) sum.extra += call->received - want;
}

/* The recorder's side of a call is over: what has not come by now is lost. */
static void sink_gone(Conn *conn) {
  Call *call = conn->call;
  conn->call = NULL;
  if (call) {
    call->said_stop = 1;
    if (call->is_abandoned) settle(call), abandoned--;
    let_go(call);
  }
  bury(conn);
}

static void pbx_gone(Conn *conn) {
  Slot *slot = &slots[conn->slot];
  if (slot->conn == conn && slot->state != WAITING && slot->state != OVER) {
    if (slot->state != CLOSING || opt.dialect == AUDIOHOOK) sum.refused += slot->state == CONNECTING, calls_failed++;
    slot->state = OVER;
  }
  if (slot->conn == conn) slot->conn = NULL;
  bury(conn);
}

static void gone(Conn *conn) { conn->is_sink ? sink_gone(conn) : pbx_gone(conn); }

static void readable(Conn *conn) {
  static uint8_t buffer[READ_BYTES + (1 << 16) + 1];
  for (;;) {
    size_t have = conn->rest_len, at = 0;
    memcpy(buffer, conn->rest, have);
    ssize_t got = io_read(conn, buffer + have, READ_BYTES);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      gone(conn);
      return;
    }
    have += (size_t)got;
    buffer[have] = 0;
    int is_closed = 0;
    while (at < have && !is_closed) {
      size_t used = conn->is_upgraded ? message(conn, buffer + at, have - at, &is_closed) : upgrade(conn, (char *)buffer + at, have - at);
      if (used == SIZE_MAX) {
        sum.refused += conn->is_sink; /* of a PBX's, gone() counts it */
        gone(conn);
        return;
      }
      if (used == 0) break;
      at += used;
    }
    if (is_closed) {
      pump(conn);
      gone(conn);
      return;
    }
    conn->rest_len = 0;
    append(&conn->rest, &conn->rest_len, &conn->rest_cap, buffer + at, have - at);
    if ((size_t)got < READ_BYTES) {
#ifdef WITH_TLS
      if (conn->ssl && SSL_pending(conn->ssl) > 0) continue;
#endif
      return;
    }
  }
}

static void accept_sinks(void) {
  for (;;) {
    int fd = accept(listen_fd, NULL, NULL);
    if (fd < 0) return;
    non_blocking(fd);
    adopt(fd, 1);
  }
}

/* ---- the run -------------------------------------------------------------------------------------------------- */

/* A call has ended on the PBX's side; its recorder must have had all of it. */
static void finish(Slot *slot) {
  if (slot->call) {
    settle(slot->call);
    let_go(slot->call);
    slot->call = NULL;
  }
  if (slot->conn) bury(slot->conn), slot->conn = NULL;
  calls_done++;
  slot->state = WAITING;
  slot->due_us = opt.total > 0 && calls_begun < opt.total ? now_us() : INT64_MAX;
}

static void hang_up(Slot *slot) {
  slot->state = CLOSING;
  slot->deadline_us = now_us() + CALL_END_US;
  if (end_call(slot->conn) < 0) pbx_gone(slot->conn);
}

static void step(int index, int64_t now, int is_ending) {
  Slot *slot = &slots[index];
  switch (slot->state) {
  case WAITING:
    if (now >= slot->due_us && !is_ending && (opt.total == 0 || calls_begun < opt.total)) dial(index);
    return;
  case CONNECTING:
    if (now >= slot->deadline_us) calls_failed++, calls_unanswered++, finish(slot);
    return;
  case ACTIVE:
    while (slot->state == ACTIVE && now >= slot->due_us) {
      if ((opt.total > 0 && slot->left == 0) || is_ending) {
        hang_up(slot);
        return;
      }
      slot->left--;
      sum.sent_late += now - slot->due_us > PTIME_US / opt.speed;
      slot->due_us += (int64_t)(PTIME_US / opt.speed);
      Conn *conn = slot->conn;
      if (send_frame(conn, conn->call) < 0) {
        pbx_gone(conn);
        return;
      }
      if (opt.dialect == AUDIOHOOK && conn->call->sent % PING_FRAMES == 0) client_says(conn, "ping", "{}");
    }
    return;
  case CLOSING:
    if (opt.dialect == TWILIO && slot->call->said_stop) slot->state = OVER;
    else if (now >= slot->deadline_us) calls_failed++, finish(slot);
    return;
  case OVER:
    finish(slot);
    return;
  }
}

/* Every PBX vanishes at once and is back, with a new call, within a second. */
static void storm(void) {
  storm_us = now_us();
  for (int i = 0; i < opt.calls; i++) {
    Slot *slot = &slots[i];
    if (slot->conn) bury(slot->conn), slot->conn = NULL;
    if (slot->call) {
      if (slot->call->refs > 1) slot->call->is_abandoned = 1, abandoned++;
      let_go(slot->call), slot->call = NULL;
    }
    slot->state = WAITING;
    slot->due_us = storm_us + (int64_t)i * 1000000 / opt.calls;
  }
}

static int count(SlotState state) {
  int n = 0;
  for (int i = 0; i < opt.calls; i++) n += slots[i].state == state;
  return n;
}

static void report(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"event\":\"result\",\"callsBegun\":%ld,\"callsDone\":%ld,\"callsFailed\":%ld,\"refused\":%ld,\"sent\":%ld,\"received\":%ld,"
         "\"windowSent\":%ld,\"windowReceived\":%ld,\"lost\":%ld,\"extra\":%ld,\"misordered\":%ld,\"corrupt\":%ld,\"tracksIntact\":%ld,"
         "\"tracksSilencedNearKeys\":%ld,\"tracksOverSilenced\":%ld,\"keys\":%ld,\"keyFrames\":%ld,\"leakedFrames\":%ld,\"leakedSamples\":%ld,",
         calls_begun, calls_done, calls_failed, sum.refused, sum.sent, sum.received, sum.window_sent, sum.window_received, sum.lost, sum.extra,
         sum.misordered, sum.corrupt, sum.intact, sum.silenced, sum.over_silenced, sum.keys, sum.expected_silent, sum.leaked_frames,
         sum.leaked_samples);
  printf("\"addedMs\":{\"count\":%ld,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f,\"laterThan\":{", histogram_count,
         quantile_ms(0.5), quantile_ms(0.9), quantile_ms(0.99), quantile_ms(0.999), (double)added_max_us / 1000);
  for (size_t i = 0; i < sizeof bounds_ms / sizeof *bounds_ms; i++) printf("%s\"%d\":%ld", i ? "," : "", bounds_ms[i], later_than(bounds_ms[i]));
  printf("}},\"sentLate\":%ld,\"bytesPerMessage\":%.0f,\"allLiveMs\":%.0f,\"stormRecoveredMs\":%.0f,\"abandoned\":%ld,"
         "\"generatorCpuSeconds\":%.2f,\"elapsedSeconds\":%.2f}\n",
         sum.sent_late, sum.sent ? (double)sum.bytes_sent / (double)sum.sent : 0.0, all_live_us ? (double)(all_live_us - began_us) / 1000 : 0.0,
         storm_done_us ? (double)(storm_done_us - storm_us) / 1000 : 0.0, abandoned,
         (double)usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6,
         (double)(now_us() - began_us) / 1e6);
}

/* Before the window: so much time has gone by, or every call has had its answer, and not all of them are live. */
static int is_hopeless(int64_t now) {
  if (now - began_us > (int64_t)(opt.live_within * 1e6)) return 1;
  for (int i = 0; i < opt.calls; i++)
    if (slots[i].state == CONNECTING || slots[i].state == OVER || (slots[i].state == WAITING && slots[i].due_us != INT64_MAX)) return 0;
  return 1;
}

static void interrupt(int signal_number) {
  (void)signal_number;
  is_interrupted = 1;
}

static void give_up(int active, int64_t now) {
  printf("{\"event\":\"gave-up\",\"calls\":%d,\"live\":%d,\"refused\":%ld,\"unanswered\":%ld,\"afterSeconds\":%.1f}\n", opt.calls, active,
         sum.refused, calls_unanswered, (double)(now - began_us) / 1e6);
  fflush(stdout);
  die("\n%d of %d calls are live after %.1f s; %ld were refused", active, opt.calls, (double)(now - began_us) / 1e6, sum.refused);
}

static void tell(const char *event) {
  printf("{\"event\":\"%s\"}\n", event);
  fflush(stdout);
}

/* On a terminal one line, written over and over. */
static void show_progress(int64_t now, int active, int is_watched) {
  double seconds = (double)(now - began_us) / 1e6;
  fprintf(stderr, "%s%6.0f s  %d calls live, %ld", is_watched ? "\r" : "", seconds, active, calls_done);
  if (opt.total > 0) fprintf(stderr, " of %ld", opt.total);
  fputs(" done", stderr);
  if (opt.total > 0 && calls_done > 0) fprintf(stderr, ", %.0f s left", seconds * (double)(opt.total - calls_done) / (double)calls_done);
  fprintf(stderr, ", %ld of %ld frames back, %ld leaked, %ld lost%s", sum.received, sum.sent, sum.leaked_frames, sum.lost, is_watched ? "    " : "\n");
}

static void run(void) {
  struct epoll_event events[1024];
  int64_t next_line = 0, ending_us = INT64_MAX, stepped_us = 0;
  int is_ending = 0, told = 0, is_watched = isatty(2);
  began_us = now_us();
  for (int i = 0; i < opt.calls; i++) slots[i].due_us = began_us + (int64_t)(opt.ramp * 1e6 * i / opt.calls);
  for (;;) {
    int n = epoll_wait(epoll_fd, events, 1024, 1);
    for (int i = 0; i < n; i++) {
      Conn *conn = events[i].data.ptr;
      if (conn == NULL) accept_sinks();
      else if (!conn->is_dead && (events[i].events & EPOLLOUT) && pump(conn) < 0) gone(conn);
      else if (!conn->is_dead && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) readable(conn);
    }
    free_buried();
    int64_t now = now_us();
    if (now - stepped_us < 500) continue;
    stepped_us = now;
    for (int i = 0; i < opt.calls; i++) step(i, now, is_ending);
    int active = count(ACTIVE);
    if (!all_live_us && active == opt.calls) all_live_us = now;
    if (opt.total > 0) {
      if (window_begin_us == INT64_MAX) window_begin_us = now, told = 1, tell("window-begins");
      if (calls_done >= opt.total) {
        if (!is_ending) window_end_us = now, tell("window-ends");
        break;
      }
    } else {
      if (window_begin_us == INT64_MAX && all_live_us) {
        window_begin_us = now + (int64_t)(opt.warmup * 1e6);
        window_end_us = window_begin_us + (int64_t)(opt.seconds * 1e6);
      }
      if (told == 0 && (is_interrupted || (window_begin_us == INT64_MAX && is_hopeless(now)))) give_up(active, now);
      if (told == 0 && now >= window_begin_us) told = 1, tell("window-begins");
      if (told == 1 && opt.storm_at > 0 && storm_us == 0 && now >= window_begin_us + (int64_t)(opt.storm_at * 1e6)) storm(), active = count(ACTIVE);
      if (storm_us && !storm_done_us && active == opt.calls) storm_done_us = now;
    }
    if (!is_ending && (is_interrupted || now >= window_end_us)) window_end_us = now, is_ending = 1, ending_us = now, tell("window-ends");
    if (is_ending && (count(WAITING) == opt.calls || now - ending_us > CALL_END_US + 5000000)) break;
    if (now >= next_line) {
      next_line = now + (is_watched ? 1000000 : 10000000);
      show_progress(now, active, is_watched);
    }
  }
  if (is_watched) fputc('\n', stderr);
  report();
}

static void listen_for_sinks(void) {
  struct addrinfo *address = resolve(opt.sink_host, opt.sink_port, AI_PASSIVE);
  int one = 1;
  listen_fd = socket(address->ai_family, SOCK_STREAM, 0);
  setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listen_fd, address->ai_addr, address->ai_addrlen) < 0 || listen(listen_fd, 4096) < 0) die("cannot listen on %s:%s", opt.sink_host, opt.sink_port);
  non_blocking(listen_fd);
  struct sockaddr_in bound;
  socklen_t size = sizeof bound;
  getsockname(listen_fd, (struct sockaddr *)&bound, &size);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &event);
  printf("{\"event\":\"listening\",\"port\":%d}\n", ntohs(bound.sin_port));
  fflush(stdout);
}

static const char usage[] =
    "forks: plays calls and their recorder, checks and times every frame\n"
    "  --sink HOST:PORT        where the recorder listens (default 127.0.0.1:0; the port is printed)\n"
    "  --target HOST:PORT,...  the proxies under test, 8 at most: call number n goes to the (n modulo their count)th, counted from 0;\n"
    "                          '-' reads them from standard input once the sink listens\n"
    "  --path PATH             of the fork (default /)\n"
    "  --dialect audiohook|twilio   stereo PCMU in binary messages, or base64 in JSON (default audiohook)\n"
    "  --tracks 1|2            (default 2)\n"
    "  --calls N               at once (default 54)\n"
    "  --seconds S --warmup S  the window that is timed, and what comes before it (default 10, 5)\n"
    "  --ramp S                over which the first calls begin (default: a thousand a second)\n"
    "  --live-within S         gives up when not all calls are live by then, or sooner once none can be any more (default 60)\n"
    "  --hold-ms MS            intended hold-back, taken off the latency (default 0)\n"
    "  --keys-every S          a DTMF key in every call that often, seconds; 0: none (default 10)\n"
    "  --near-ms MS            how far around a key silence is expected (default 600)\n"
    "  --passes                what is tested passes everything: keys must arrive as well\n"
    "  --total N --frames N    N calls of so many frames each, --calls at a time, instead of a window\n"
    "  --speed X               frames X times as fast as real time (default 1)\n"
    "  --storm-at S            that long into the window every PBX vanishes and comes back within a second\n"
    "  --runs FILE             every run of silent frames goes there, a JSON object a line; silence is no fault then\n"
    "  --speech FILE           raw mu-law, the first half of it for one track, the second for the other; silence is no fault then\n"
    "  --tls --cert FILE --key FILE   TLS on both sides (built with -DWITH_TLS); the proxy's certificate is not verified\n";

static void split(const char *text, const char **host, const char **port) {
  char *copy = strdup(text), *colon = strrchr(copy, ':');
  if (!colon) die("%s is no HOST:PORT", text);
  *colon = 0, *host = copy, *port = colon + 1;
}

static void read_options(int argc, char **argv) {
  static const struct option options[] = {
      {"sink", 1, 0, 's'}, {"target", 1, 0, 't'}, {"path", 1, 0, 'p'}, {"dialect", 1, 0, 'd'}, {"tracks", 1, 0, 'T'}, {"calls", 1, 0, 'c'},
      {"seconds", 1, 0, 'S'}, {"warmup", 1, 0, 'w'}, {"hold-ms", 1, 0, 'h'}, {"keys-every", 1, 0, 'k'}, {"near-ms", 1, 0, 'n'}, {"passes", 0, 0, 'P'},
      {"total", 1, 0, 'N'}, {"frames", 1, 0, 'f'}, {"speed", 1, 0, 'x'}, {"storm-at", 1, 0, 'r'}, {"runs", 1, 0, 'R'}, {"tls", 0, 0, 'L'}, {"cert", 1, 0, 'C'}, {"key", 1, 0, 'K'},
      {"speech", 1, 0, 'A'}, {"ramp", 1, 0, 'm'}, {"live-within", 1, 0, 'l'}, {"help", 0, 0, 'H'}, {0}};
  const char *target = "-", *sink = "127.0.0.1:0";
  opt.path = "/", opt.calls = 54, opt.tracks = 2, opt.redacts = 1, opt.seconds = 10, opt.warmup = 5, opt.speed = 1, opt.key_every_frames = 500, opt.near_ms = 600, opt.ramp = -1, opt.live_within = 60;
  opt.frames_per_call = 50;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (c) {
      case 's': sink = optarg; break;
      case 't': target = optarg; break;
      case 'p': opt.path = optarg; break;
      case 'd': opt.dialect = strcmp(optarg, "twilio") == 0 ? TWILIO : AUDIOHOOK; break;
      case 'T': opt.tracks = atoi(optarg) == 1 ? 1 : 2; break;
      case 'c': opt.calls = atoi(optarg); break;
      case 'S': opt.seconds = atof(optarg); break;
      case 'w': opt.warmup = atof(optarg); break;
      case 'h': opt.hold_ms = atof(optarg); break;
      case 'k': opt.key_every_frames = (int)(atof(optarg) * 50); break;
      case 'n': opt.near_ms = atof(optarg); break;
      case 'P': opt.redacts = 0; break;
      case 'N': opt.total = atol(optarg); break;
      case 'f': opt.frames_per_call = atol(optarg); break;
      case 'x': opt.speed = atof(optarg); break;
      case 'r': opt.storm_at = atof(optarg); break;
      case 'R':
        if (!(opt.runs = fopen(optarg, "w"))) die("cannot write %s", optarg);
        opt.is_silence_free = 1;
        break;
      case 'm': opt.ramp = atof(optarg); break;
      case 'l': opt.live_within = atof(optarg); break;
      case 'A': read_speech(optarg), opt.is_silence_free = 1; break;
      case 'L': opt.tls = 1; break;
      case 'C': opt.cert = optarg; break;
      case 'K': opt.key = optarg; break;
      case 'H': fputs(usage, stdout); exit(0);
      default: fputs(usage, stderr); exit(2);
    }
  if (opt.ramp < 0) opt.ramp = opt.calls / 1000.0;
  if (opt.calls < 1 || opt.calls > 20000) die("--calls takes 1 to 20000");
  split(sink, &opt.sink_host, &opt.sink_port);
#ifndef WITH_TLS
  if (opt.tls) die("built without TLS: compile with -DWITH_TLS");
#endif
  epoll_fd = epoll_create1(0);
  listen_for_sinks();
  char line[256];
  if (strcmp(target, "-") == 0) {
    if (!fgets(line, sizeof line, stdin)) die("no target came");
    line[strcspn(line, "\r\n")] = 0;
    target = line;
  }
  char *targets = strdup(target);
  for (char *one = strtok(targets, ","); one; one = strtok(NULL, ",")) {
    if (opt.target_count == TARGETS_MAX) die("%s are too many targets", target);
    Target *next = &opt.targets[opt.target_count++];
    split(one, &next->host, &next->port);
  }
  if (opt.target_count == 0) die("no target came");
}

int main(int argc, char **argv) {
  struct rlimit files;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, interrupt), signal(SIGTERM, interrupt);
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
  for (int i = 0; i < 64; i++) unbase64[(uint8_t)base64[i]] = (int8_t)i;
  make_audio();
  read_options(argc, argv);
#ifdef WITH_TLS
  if (opt.tls) make_contexts();
#endif
  if (!(slots = calloc((size_t)opt.calls, sizeof *slots))) die("out of memory");
  run();
  if (opt.runs) fclose(opt.runs);
  return sum.lost + sum.extra + sum.misordered + sum.corrupt + sum.leaked_frames + calls_failed > 0 ? 1 : 0;
}
