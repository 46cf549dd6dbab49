/* Just enough netlink to build one request and wait for its acknowledgement. */
#ifndef LAB_NETLINK_H
#define LAB_NETLINK_H

#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr head;
	char body[512];
};

static inline void *request_end(struct request *r)
{
	return (char *)r + NLMSG_ALIGN(r->head.nlmsg_len);
}

static inline void request_add(struct request *r, const void *data, size_t size)
{
	if (size > 0)
		memcpy(request_end(r), data, size);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + size);
}

static inline void request_init(struct request *r, int type, const void *family_header, size_t size)
{
	memset(r, 0, sizeof *r);
	r->head.nlmsg_len = NLMSG_HDRLEN;
	r->head.nlmsg_type = (uint16_t)type;
	r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request_add(r, family_header, size);
}

static inline void request_attr(struct request *r, int type, const void *data, size_t size)
{
	struct nlattr attr = {(uint16_t)(NLA_HDRLEN + size), (uint16_t)type};
	request_add(r, &attr, sizeof attr);
	request_add(r, data, size);
}

static inline void request_string(struct request *r, int type, const char *text)
{
	request_attr(r, type, text, strlen(text) + 1);
}

/* Sends the request and reads until its acknowledgement. The first reply that is
 * not one is left in `reply`. Returns 0, or an errno as a negative number. */
static inline int request_send(int protocol, struct request *r, char *reply, size_t room)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -errno;
	int result = -EIO;
	ssize_t got = send(fd, r, r->head.nlmsg_len, 0);
	while (got > 0 && (got = recv(fd, reply, room, 0)) > 0) {
		struct nlmsghdr *head = (struct nlmsghdr *)reply;
		if (head->nlmsg_type == NLMSG_ERROR) {
			result = ((struct nlmsgerr *)NLMSG_DATA(head))->error;
			break;
		}
		reply += NLMSG_ALIGN((size_t)got);
		room -= NLMSG_ALIGN((size_t)got);
	}
	if (got < 0)
		result = -errno;
	close(fd);
	return result;
}

#endif
