/* lab-relay: the host's end of the frames that a guest sends (frames.h).
 *
 *     lab-relay [-p PREFIX] [-o FILE] [-e FILE] [-s FILE] < frames
 *
 * Writes what the guest's command wrote to standard output and standard error,
 * as it comes; with -p each line gets the prefix; -o and -e keep a raw copy.
 * Ends with the command's exit status, or 125 if the guest died without one;
 * the file of -s gets the status only in the first case.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../guest/frames.h"

struct stream {
	int fd;
	int copy;     /* raw copy, or -1 */
	char *line;   /* with a prefix: the line that has not ended yet */
	size_t used;
};

static const char *prefix;

static void write_all(int fd, const void *data, size_t size)
{
	const char *p = data;
	while (size > 0) {
		ssize_t put = write(fd, p, size);
		if (put < 0 && errno != EINTR)
			exit(128 + SIGPIPE); /* as if the signal had not been ignored */
		if (put > 0) {
			p += put;
			size -= (size_t)put;
		}
	}
}

static int read_all(void *data, size_t size)
{
	char *p = data;
	while (size > 0) {
		ssize_t got = read(0, p, size);
		if (got == 0 || (got < 0 && errno != EINTR))
			return 0;
		if (got > 0) {
			p += got;
			size -= (size_t)got;
		}
	}
	return 1;
}

static void append(struct stream *s, const char *data, size_t size)
{
	s->line = realloc(s->line, s->used + size);
	if (!s->line)
		exit(125);
	memcpy(s->line + s->used, data, size);
	s->used += size;
}

/* A line goes out in one write, so that the two guests' lines do not mix. */
static void put_lines(struct stream *s, const char *data, size_t size)
{
	while (size > 0) {
		const char *end = memchr(data, '\n', size);
		size_t part = end ? (size_t)(end - data) + 1 : size;
		if (s->used == 0)
			append(s, prefix, strlen(prefix));
		append(s, data, part);
		if (end) {
			write_all(s->fd, s->line, s->used);
			s->used = 0;
		}
		data += part;
		size -= part;
	}
}

static void put(struct stream *s, const char *data, size_t size)
{
	if (s->copy >= 0)
		write_all(s->copy, data, size);
	if (prefix)
		put_lines(s, data, size);
	else
		write_all(s->fd, data, size);
}

static void finish(struct stream *s)
{
	if (s->used > 0)
		put_lines(s, "\n", 1);
}

static int copy_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		perror(path);
		exit(125);
	}
	return fd;
}

/* The status, or -1 if the frames ended without one. */
static int relay(struct stream *out, struct stream *err)
{
	static char payload[FRAME_PAYLOAD];
	unsigned char header[FRAME_HEADER];
	while (read_all(header, sizeof header)) {
		size_t length = frame_length(header);
		if (length > sizeof payload || !read_all(payload, length))
			return -1;
		if (header[0] == FRAME_STATUS)
			return (unsigned char)payload[0];
		if (header[0] != FRAME_STDOUT && header[0] != FRAME_STDERR)
			return -1;
		put(header[0] == FRAME_STDERR ? err : out, payload, length);
	}
	return -1;
}

static void keep_status(const char *path, int status)
{
	char text[16];
	int fd = copy_to(path);
	write_all(fd, text, (size_t)snprintf(text, sizeof text, "%d\n", status));
	close(fd);
}

int main(int argc, char **argv)
{
	const char *status_file = NULL;
	struct stream out = {.fd = 1, .copy = -1}, err = {.fd = 2, .copy = -1};
	for (int option; (option = getopt(argc, argv, "p:o:e:s:")) != -1;) {
		if (option == 'p')
			prefix = optarg;
		else if (option == 'o')
			out.copy = copy_to(optarg);
		else if (option == 'e')
			err.copy = copy_to(optarg);
		else if (option == 's')
			status_file = optarg;
		else
			return 2;
	}
	int status = relay(&out, &err);
	finish(&out);
	finish(&err);
	if (status < 0)
		return 125;
	if (status_file)
		keep_status(status_file, status);
	return status;
}
