/* SPDX-License-Identifier: MIT */
/*
 * The media access interface that FatFs asks for, over the mirror: one drive, number 0. The names and numbers are those of
 * FatFs' documentation (elm-chan.org/fsw/ff, "Media Access Interface"), so its ff.c can be linked with this port.
 */
#ifndef DISKIO_H
#define DISKIO_H

#include <stdint.h>

#ifndef FF_DEFINED /* else ff.h has them */
typedef uint8_t BYTE;
typedef uint16_t WORD;
typedef uint32_t DWORD;
typedef unsigned int UINT;
typedef uint32_t LBA_t;
#endif

typedef BYTE DSTATUS;
#define STA_NOINIT 0x01
#define STA_NODISK 0x02

typedef enum { RES_OK, RES_ERROR, RES_WRPRT, RES_NOTRDY, RES_PARERR } DRESULT;

#define CTRL_SYNC 0
#define GET_SECTOR_COUNT 1
#define GET_SECTOR_SIZE 2
#define GET_BLOCK_SIZE 3
#define CTRL_TRIM 4

/* Starts both cards and assembles the array that is on them. */
DSTATUS disk_initialize(BYTE drive);
DSTATUS disk_status(BYTE drive);
DRESULT disk_read(BYTE drive, BYTE *to, LBA_t sector, UINT count);
/* Answered when both cards have taken it; CTRL_SYNC makes it durable. */
DRESULT disk_write(BYTE drive, const BYTE *from, LBA_t sector, UINT count);
DRESULT disk_ioctl(BYTE drive, BYTE command, void *buffer);

/* Not of FatFs: makes a new array on both cards; all that they hold is lost. disk_initialize comes before and after. */
DRESULT disk_format(void);
/* The driver's last answer, SYNCGATE_STATUS_...: why disk_initialize did not end well. */
uint32_t disk_reason(void);
/* A turn of the loop: while nothing is asked of the disk, as often as can be. The mirror clears its marks here. */
void disk_turn(void);

#endif
