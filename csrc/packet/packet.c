// SPDX-License-Identifier: MIT
/*
 * smc.core.packet: copies of the packets that network interfaces send and receive: packet(7). They begin with
 * the header of the network layer, whatever the link layer is (SOCK_DGRAM); VLAN tags are reported separately.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/af_smc.h"
#include "../common/lua_util.h"
#include "../common/number.h"

#define PACKETS     "smc.packets"
#define PACKET_SIZE 4096              /* longest part of a packet that a filter may request */
#define QUEUE_SIZE  (4 * 1024 * 1024) /* bytes of packets that wait to be received */

/* The filter at index arg: instructions of struct sock_filter. */
static struct sock_fprog check_filter(lua_State *L, int arg)
{
	size_t size;
	const char *bytes = luaL_checklstring(L, arg, &size);
	const size_t count = size / sizeof(struct sock_filter);

	luaL_argcheck(L, count > 0 && count <= BPF_MAXINSNS && size % sizeof(struct sock_filter) == 0, arg,
		      "instructions of a filter expected");
	return (struct sock_fprog){ .len = (unsigned short)count, .filter = (struct sock_filter *)bytes };
}

/* Makes the queue as long as the kernel permits. */
static void lengthen_queue(int fd)
{
	const int size = QUEUE_SIZE;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* Everything is set before bind(2), after which packets arrive. */
static int start(int fd, const struct sock_fprog *filter, const struct sockaddr_ll *address)
{
	const int on = 1;

	lengthen_queue(fd);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof(*filter)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)))
		return -1;
	return bind(fd, (const struct sockaddr *)address, sizeof(*address));
}

/*
 * open(interface | nil, filter) -> packets | nil, message, errno: a packet socket for one interface, or for all
 * of this network namespace. The filter is a program of BPF for packets without a link layer, as bytes.
 */
static int packet_open(lua_State *L)
{
	const char *interface = lua_isnoneornil(L, 1) ? NULL : smc_check_cstring(L, 1);
	const struct sock_fprog filter = check_filter(L, 2);
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct smc_descriptor *packets = smc_new_descriptor(L, PACKETS, sizeof(*packets));

	packets->fd = SMC_RETRY_AFTER_GC(L, socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (packets->fd < 0)
		return smc_push_error(L, errno, "packet socket");
	if (interface) {
		address.sll_ifindex = (int)if_nametoindex(interface);
		if (!address.sll_ifindex)
			return smc_push_error(L, errno, interface);
	}
	return start(packets->fd, &filter, &address) ? smc_push_error(L, errno, "packet socket") : 1;
}

/* What the kernel reports about a packet. */
struct context {
	struct sockaddr_ll from;
	struct timespec time;
	int vlan; /* the ID of its tag; -1: none */
};

static void read_context(struct msghdr *message, struct context *context)
{
	struct tpacket_auxdata more = { 0 };
	struct cmsghdr *c;

	context->vlan = -1;
	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&context->time, CMSG_DATA(c), sizeof(context->time));
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
			memcpy(&more, CMSG_DATA(c), sizeof(more));
	}
	if (more.tp_status & TP_STATUS_VLAN_VALID)
		context->vlan = more.tp_vlan_tci & 0xfff;
}

static ssize_t receive(int fd, char *bytes, struct context *context)
{
	char control[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec into = { .iov_base = bytes, .iov_len = PACKET_SIZE };
	struct msghdr message = {
		.msg_name = &context->from,
		.msg_namelen = sizeof(context->from),
		.msg_iov = &into,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);

	if (n >= 0)
		read_context(&message, context);
	return n;
}

/*
 * receive(packets, seconds) -> bytes, protocol, interface, time, vlan | nil, message, errno: recvmsg(2)
 * The next packet: the number of its protocol as in Ethernet, the index of the interface, seconds since the
 * epoch, and the VLAN ID of its tag, or nil. errno is ETIMEDOUT if none came, ENETDOWN if an interface went
 * down.
 */
static int packets_receive(lua_State *L)
{
	const struct smc_descriptor *packets = smc_check_descriptor(L, PACKETS);
	int err = smc_wait_readable(packets, smc_check_seconds(L, 2));
	struct context context = { 0 };
	char bytes[PACKET_SIZE];
	ssize_t n;

	if (err)
		return smc_push_error(L, err, "packets");
	n = receive(packets->fd, bytes, &context);
	if (n < 0)
		return smc_push_error(L, errno == EAGAIN ? ETIMEDOUT : errno, "packets");
	lua_pushlstring(L, bytes, (size_t)n);
	lua_pushinteger(L, ntohs(context.from.sll_protocol));
	lua_pushinteger(L, context.from.sll_ifindex);
	lua_pushnumber(L, (lua_Number)context.time.tv_sec + (lua_Number)context.time.tv_nsec / 1e9);
	if (context.vlan < 0)
		return 4;
	lua_pushinteger(L, context.vlan);
	return 5;
}

/*
 * lost(packets) -> number | nil, message, errno
 * How many packets were dropped since the last call because the queue was full.
 */
static int packets_lost(lua_State *L)
{
	const struct smc_descriptor *packets = smc_check_descriptor(L, PACKETS);
	struct tpacket_stats counted = { 0 };
	socklen_t size = sizeof(counted);

	if (getsockopt(packets->fd, SOL_PACKET, PACKET_STATISTICS, &counted, &size))
		return smc_push_error(L, errno, "packets");
	lua_pushinteger(L, counted.tp_drops);
	return 1;
}

static const luaL_Reg methods[] = {
	{ "lost", packets_lost },
	{ "receive", packets_receive },
	{ NULL, NULL },
};

static const luaL_Reg functions[] = {
	{ "open", packet_open },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_packet(lua_State *L);
SMC_EXPORT int luaopen_smc_core_packet(lua_State *L)
{
	smc_check_lua(L, "smc.core.packet");
	smc_register_descriptor_class(L, PACKETS, methods);
	luaL_newlib(L, functions);
	return 1;
}
