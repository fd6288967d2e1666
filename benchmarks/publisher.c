/* Load generator: publishes flat readings at QoS 1 over plain sockets, without an MQTT library.
 *
 * publisher HOST PORT ESTATE DEVICES MESSAGES WINDOW RATE START_MS
 *
 * Message i goes to device number i modulo DEVICES, named load-00000 and so on, with the event
 * time START_MS + i / DEVICES milliseconds, so no two messages are the same reading. At most
 * WINDOW of them are unacknowledged at a time. RATE is messages per second; 0 is as fast as the
 * broker takes them. Prints the seconds from the first send to the last acknowledgement.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { OUT = 1 << 16, IN = 1 << 16, PACKET = 512 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int dial(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("address");
    if (connect(s, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

static void send_all(int s, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t sent = send(s, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) fail("send");
        bytes += sent;
        length -= sent;
    }
}

static void sign_in(int s) {
    char id[32];
    uint8_t packet[64] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0}, answer[4];
    int length = snprintf(id, sizeof id, "load-%d", getpid());
    packet[1] = 12 + length;
    packet[13] = length;
    memcpy(packet + 14, id, length);
    send_all(s, packet, 14 + length);
    if (recv(s, answer, 4, MSG_WAITALL) != 4 || answer[0] != 0x20 || answer[3]) fail("sign in");
}

static size_t publish(uint8_t *at, const char *estate, long i, long devices, long long start_ms) {
    char topic[128], payload[160];
    int t = snprintf(topic, sizeof topic, "gatehouse/v1/%s/load-%05ld", estate, i % devices);
    int p = snprintf(payload, sizeof payload, "{\"ts\":%lld,\"signals\":{\"pressure_mpa\":0.%03ld}}",
                     start_ms + i / devices, 200 + i % 150);
    size_t left = 2 + t + 2 + p, n = 0;
    uint16_t mid = 1 + i % 65535;
    at[n++] = 0x32;
    do {
        at[n++] = left % 128 | (left >= 128 ? 0x80 : 0);
        left /= 128;
    } while (left);
    at[n++] = t >> 8;
    at[n++] = t;
    memcpy(at + n, topic, t);
    n += t;
    at[n++] = mid >> 8;
    at[n++] = mid;
    memcpy(at + n, payload, p);
    return n + p;
}

/* Read what has arrived and count the acknowledgements; every packet from here on is one. */
static long acknowledged(int s) {
    static uint8_t in[IN];
    static size_t kept;
    ssize_t got = recv(s, in + kept, sizeof in - kept, 0);
    if (got <= 0) fail("recv");
    kept += got;
    long count = kept / 4;
    memmove(in, in + count * 4, kept - count * 4);
    kept -= count * 4;
    return count;
}

int main(int argc, char **argv) {
    if (argc != 9) {
        fprintf(stderr, "usage: %s HOST PORT ESTATE DEVICES MESSAGES WINDOW RATE START_MS\n", *argv);
        return 2;
    }
    static uint8_t out[OUT];
    long devices = atol(argv[4]), messages = atol(argv[5]), window = atol(argv[6]);
    double rate = atof(argv[7]);
    long long start_ms = atoll(argv[8]);
    int s = dial(argv[1], atoi(argv[2]));
    sign_in(s);
    double began = seconds();
    for (long sent = 0, done = 0; done < messages;) {
        long due = rate > 0 ? (long)((seconds() - began) * rate) + 1 : messages;
        if (due > messages) due = messages;
        size_t filled = 0;
        while (sent < due && sent - done < window && filled + PACKET < OUT)
            filled += publish(out + filled, argv[3], sent++, devices, start_ms);
        if (filled) send_all(s, out, filled);
        struct pollfd ready = {.fd = s, .events = POLLIN};
        int blocked = sent == messages || sent - done >= window;
        if (poll(&ready, 1, blocked ? -1 : rate > 0 ? 1 : 0) > 0) done += acknowledged(s);
    }
    printf("%.6f\n", seconds() - began);
    send_all(s, (const uint8_t[]){0xe0, 0}, 2);
    return 0;
}
