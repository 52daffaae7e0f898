#include "nbd-client.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CMD_READ = 0, CMD_WRITE = 1, CMD_DISC = 2, CMD_FLUSH = 3, OPT_GO = 7, REP_ACK = 1, REP_INFO = 3 };

static int take(int nbd, void *to, size_t count) {
  uint8_t *at = to;
  while (count > 0) {
    ssize_t got = read(nbd, at, count);
    if (got <= 0) return -1;
    at += got;
    count -= (size_t)got;
  }
  return 0;
}

static int give(int nbd, const void *from, size_t count) {
  const uint8_t *at = from;
  while (count > 0) {
    ssize_t put = write(nbd, at, count);
    if (put <= 0) return -1;
    at += put;
    count -= (size_t)put;
  }
  return 0;
}

static void put_be(uint8_t *at, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; i--, value >>= 8) at[i] = (uint8_t)value;
}

static uint64_t get_be(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

static int negotiate(int nbd, uint64_t *sectors) {
  uint8_t hello[18], flags[4] = {0, 0, 0, 3}, go[22] = "IHAVEOPT", head[20], data[256];
  if (take(nbd, hello, sizeof hello) != 0 || memcmp(hello, "NBDMAGICIHAVEOPT", 16) != 0) return -1;
  put_be(go + 8, OPT_GO, 4);
  put_be(go + 12, 6, 4); /* an empty name, no requests for information */
  if (give(nbd, flags, sizeof flags) != 0 || give(nbd, go, sizeof go) != 0) return -1;
  for (;;) {
    if (take(nbd, head, sizeof head) != 0) return -1;
    uint64_t type = get_be(head + 12, 4), length = get_be(head + 16, 4);
    if (length > sizeof data || take(nbd, data, (size_t)length) != 0) return -1;
    if (type == REP_INFO && get_be(data, 2) == 0) *sectors = get_be(data + 2, 8) / SECTOR_BYTES;
    if (type == REP_ACK) return 0;
    if (type != REP_INFO) return -1;
  }
}

int nbd_open(const char *socket_path, uint64_t *sectors) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (strlen(socket_path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, socket_path);
  int nbd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (nbd < 0) return -1;
  if (connect(nbd, (struct sockaddr *)&address, sizeof address) == 0 && negotiate(nbd, sectors) == 0) return nbd;
  close(nbd);
  return -1;
}

static int request(int nbd, int command, uint64_t sector, uint32_t length, const void *out, void *in) {
  uint8_t head[28], reply[16];
  memset(head, 0, sizeof head);
  put_be(head, 0x25609513, 4);
  put_be(head + 6, (uint64_t)command, 2);
  put_be(head + 16, sector * SECTOR_BYTES, 8);
  put_be(head + 24, length, 4);
  if (give(nbd, head, sizeof head) != 0 || (out != NULL && give(nbd, out, length) != 0)) return -1;
  if (take(nbd, reply, sizeof reply) != 0 || get_be(reply, 4) != 0x67446698 || get_be(reply + 4, 4) != 0) return -1;
  return in == NULL ? 0 : take(nbd, in, length);
}

int nbd_read(int nbd, uint64_t sector, void *bytes) {
  return request(nbd, CMD_READ, sector, SECTOR_BYTES, NULL, bytes);
}

int nbd_write(int nbd, uint64_t sector, const void *bytes) {
  return request(nbd, CMD_WRITE, sector, SECTOR_BYTES, bytes, NULL);
}

int nbd_flush(int nbd) { return request(nbd, CMD_FLUSH, 0, 0, NULL, NULL); }

void nbd_close(int nbd) {
  uint8_t head[28];
  memset(head, 0, sizeof head);
  put_be(head, 0x25609513, 4);
  put_be(head + 6, CMD_DISC, 2);
  (void)give(nbd, head, sizeof head);
  close(nbd);
}
