/*
 * libopus for the conformance suite. Packets travel as their length (two bytes, high first) and their bytes.
 *
 *     opus encode RATE CHANNELS MS BITRATE FEC APPLICATION     16-bit audio -> packets; APPLICATION is voip, audio or lowdelay
 *     opus repeat RATE MS                                      packets -> 16-bit audio: of each packet, what a decoder that has
 *                                                              heard nothing makes of the copy of its predecessor (FEC)
 *     opus decode RATE CHANNELS                                packets -> 16-bit audio
 *
 * "encode" writes the encoder's look-ahead, in samples at RATE, to standard error.
 * gcc -O2 -o opus opus.c -lopus       (Debian: libopus-dev)
 */
#include <opus/opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKET_BYTES_MAX 7680
#define SAMPLES_MAX (2 * 5760)

static opus_int16 pcm[SAMPLES_MAX];
static unsigned char packet[PACKET_BYTES_MAX];

static int read_packet(void) {
  int high = getchar(), low = getchar();
  int bytes = (high << 8) | low;
  if (low < 0 || bytes > PACKET_BYTES_MAX) return -1;
  return fread(packet, 1, bytes, stdin) == (size_t)bytes ? bytes : -1;
}

static int encode(char **args) {
  int rate = atoi(args[0]), channels = atoi(args[1]), frame = rate * atof(args[2]) / 1000, error, bytes;
  int application = !strcmp(args[5], "voip")    ? OPUS_APPLICATION_VOIP
                    : !strcmp(args[5], "audio") ? OPUS_APPLICATION_AUDIO
                                                : OPUS_APPLICATION_RESTRICTED_LOWDELAY;
  opus_int32 lookahead;
  OpusEncoder *encoder = opus_encoder_create(rate, channels, application, &error);
  if (error != OPUS_OK) return 1;
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(atoi(args[3])));
  opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(atoi(args[4])));
  opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(atoi(args[4]) ? 20 : 0));
  if (application == OPUS_APPLICATION_VOIP) opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&lookahead));
  fprintf(stderr, "%d\n", (int)lookahead);
  while (fread(pcm, sizeof *pcm * channels, frame, stdin) == (size_t)frame) {
    bytes = opus_encode(encoder, pcm, frame, packet, 4000);
    if (bytes < 1) return 1;
    putchar(bytes >> 8), putchar(bytes & 255), fwrite(packet, 1, bytes, stdout);
  }
  return 0;
}

static int repeat(char **args) {
  int rate = atoi(args[0]), frame = rate * atof(args[1]) / 1000, bytes, error;
  while ((bytes = read_packet()) > 0) {
    OpusDecoder *decoder = opus_decoder_create(rate, 1, &error);
    memset(pcm, 0, sizeof pcm);
    if (opus_decode(decoder, packet, bytes, pcm, frame, 1) < 0) memset(pcm, 0, sizeof pcm);
    opus_decoder_destroy(decoder);
    fwrite(pcm, sizeof *pcm, frame, stdout);
  }
  return 0;
}

static int decode(char **args) {
  int rate = atoi(args[0]), channels = atoi(args[1]), bytes, error, samples;
  OpusDecoder *decoder = opus_decoder_create(rate, channels, &error);
  while ((bytes = read_packet()) > 0) {
    samples = opus_decode(decoder, packet, bytes, pcm, 5760, 0);
    if (samples < 0) return 1;
    fwrite(pcm, sizeof *pcm * channels, samples, stdout);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 8 && !strcmp(argv[1], "encode")) return encode(argv + 2);
  if (argc == 4 && !strcmp(argv[1], "repeat")) return repeat(argv + 2);
  if (argc == 4 && !strcmp(argv[1], "decode")) return decode(argv + 2);
  return 2;
}
