/*
 * spandsp's DTMF receiver with its default settings, over raw audio on standard input (16-bit, native order, 8,000 Hz).
 *
 *     spandsp find          prints "digit sample" for every digit, sample being where it was certain (12.75 ms grid)
 *     spandsp time ROUNDS   prints the nanoseconds of process time that a second of audio costs, one line a round
 *
 * gcc -O2 -o spandsp spandsp.c -lspandsp -lm       (Debian: libspandsp-dev)
 */
#include <spandsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 8000
#define FRAME 160

static long heard;

static void report(void *user, int code, int level, int delay) {
  (void)user, (void)level, (void)delay;
  if (code > 0) printf("%c %ld\n", code, heard);
}

static int16_t *everything(long *count) {
  long room = 1 << 20, got;
  int16_t *audio = malloc(room * sizeof *audio);
  *count = 0;
  while ((got = fread(audio + *count, sizeof *audio, room - *count, stdin)) > 0) {
    *count += got;
    if (*count == room) audio = realloc(audio, (room *= 2) * sizeof *audio);
  }
  return audio;
}

static double seconds_used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* Frames of 102 samples in `find`, its own block, so that a digit is placed exactly; of 20 ms in `time`. */
static void listen(const int16_t *audio, long count, int isTimed) {
  int frame = isTimed ? FRAME : 102;
  dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
  if (!isTimed) dtmf_rx_set_realtime_callback(rx, report, NULL);
  for (heard = 0; heard < count;) {
    int n = count - heard < frame ? (int)(count - heard) : frame;
    const int16_t *piece = audio + heard;
    heard += n;
    dtmf_rx(rx, piece, n);
  }
  dtmf_rx_free(rx);
}

int main(int argc, char **argv) {
  long count;
  int round;
  int16_t *audio = everything(&count);
  if (argc == 2 && strcmp(argv[1], "find") == 0) {
    listen(audio, count, 0);
    return 0;
  }
  if (argc != 3) return 2;
  for (round = 0; round < atoi(argv[2]); round++) {
    double start = seconds_used();
    listen(audio, count, 1);
    printf("%.0f\n", (seconds_used() - start) * 1e9 * RATE / count);
  }
  return 0;
}
