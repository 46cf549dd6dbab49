/* The stream between a guest and the lab: frames on one virtio serial port.
 *
 * One port carries everything, so that the order of standard output, standard
 * error and the exit status is the order in which the guest sent them.
 * A frame is its kind (one byte), the length of its payload (four bytes,
 * little-endian) and the payload.
 */
#ifndef LAB_FRAMES_H
#define LAB_FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_STDOUT = 'O',
	FRAME_STDERR = 'E',
	FRAME_STATUS = 'S', /* payload: the exit status as one byte */
};

enum {
	FRAME_HEADER = 5,
	FRAME_PAYLOAD = 16 * 1024,
};

static inline void frame_header(unsigned char *header, int kind, size_t length)
{
	header[0] = (unsigned char)kind;
	for (int i = 0; i < 4; i++)
		header[1 + i] = (unsigned char)(length >> (8 * i));
}

static inline size_t frame_length(const unsigned char *header)
{
	size_t length = 0;
	for (int i = 0; i < 4; i++)
		length |= (size_t)header[1 + i] << (8 * i);
	return length;
}

#endif
