/* The least of an NBD client: one export over a unix socket, whole sectors of 512 bytes. */
#ifndef NBD_CLIENT_H
#define NBD_CLIENT_H
#include <stdint.h>

#define SECTOR_BYTES 512

/* Connects and negotiates. Returns the socket, or -1. */
int nbd_open(const char *socket_path, uint64_t *sectors);
/* 0, or -1 when the device refuses or the connection breaks. */
int nbd_read(int nbd, uint64_t sector, void *bytes);
int nbd_write(int nbd, uint64_t sector, const void *bytes);
int nbd_flush(int nbd);
void nbd_close(int nbd);

#endif
